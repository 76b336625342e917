"""A session answers every call: with a page, or with an error that has a hint and a status."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.mcp.session import Session
from batchdoctor.sandbox import Fault, FaultKind
from tests.box import Open
from tests.cli.test_untrusted_input import PLANTED, SECRETS
from tests.mcp.asking import page, session_of, told

JOB, POOL, TASK = "render-20261121", "render-linux", "render-20261121/frame-0001"


@pytest.fixture
def session(open_box: Open) -> Session:
    return session_of(open_box("bad-node"))


@pytest.mark.parametrize(
    ("tool", "arguments", "error"),
    [
        (
            "node",
            {"node": "tvm-1"},
            ("Usage", "'tvm-1' is not of the form POOL/NODE", None, 2),
        ),
        (
            "job",
            {},
            (
                "Usage",
                "job: Object missing required field `job`.",
                "takes: cursor, sinceHours, job",
                2,
            ),
        ),
        (
            "triage",
            {"sinceHours": 0},
            (
                "Usage",
                "triage: Expected `float` > 0.0 - at `$.sinceHours`.",
                "cursor, sinceHours",
                2,
            ),
        ),
        ("reboot", {}, ("Usage", "No such tool 'reboot'.", "one of: triage, job, pool", 2)),
        (
            "job",
            {"job": "render-2026112"},
            ("JobNotFound", "Could not read job", "mean render-2026", 3),
        ),
        ("task", {"task": f"{JOB}/frame-9999"}, ("TaskNotFound", "Could not", "tasks list", 3)),
        ("read_file", {}, ("Usage", "A file is of a task, or of a node.", "give one of", 2)),
        (
            "read_file",
            {"task": TASK, "path": "wd/none"},
            ("NotFound", "no file of that name", None, 3),
        ),
        ("parse_events", {"paths": ["-"]}, ("Usage", "Standard input is taken.", "name files", 2)),
        ("parse_events", {"paths": ["/no/log"]}, ("Input", "/no/log", None, 7)),
    ],
)
def test_an_error_has_a_hint_and_the_status_of_the_command(
    session: Session, tool: str, arguments: dict[str, Any], error: tuple[str, str, str | None, int]
) -> None:
    answer = told(session, tool, **arguments)
    assert answer.failed
    code, message, hint, status = error
    given = answer.value["error"]
    assert given["code"].endswith(code), given
    assert message in given["message"]
    assert (hint or "") in (given["hint"] or "")
    assert given["exitStatus"] == status


def test_a_session_goes_on_after_an_error(session: Session) -> None:
    assert told(session, "job", job="none").failed
    assert page(session, "job", job=JOB)["items"]


def test_what_could_not_be_read_is_a_problem_and_the_next_answer_is_whole(open_box: Open) -> None:
    box = open_box("night-shift")
    session = session_of(box)
    box.order(Fault(FaultKind.NOT_ALLOWED, route="GET /jobs/{id}/tasks", times=1, after=3))
    first = page(session, "failed_tasks")
    assert (first["complete"], [each["kind"] for each in first["problems"]]) == (
        False,
        ["forbidden"],
    )
    second = page(session, "failed_tasks")
    assert (second["complete"], second["problems"], second["notes"]) == (True, [], [])


def test_secrets_in_files_and_messages_are_masked(open_box: Open) -> None:
    box = open_box("bad-node")
    task = box.sandbox.store.task(JOB, "frame-0001")
    task.files = {"stderr.txt": PLANTED.encode(), "stdout.txt": PLANTED.encode()}
    session = session_of(box)
    answers = (
        told(session, "read_file", task=TASK, path="stderr"),
        told(session, "read_file", task=TASK, path=PLANTED),
        told(session, "task", task=TASK),
        told(session, "explain", text=PLANTED),
        told(session, "job", job=PLANTED),
    )
    for answer in answers:
        assert not [secret for secret in SECRETS if secret in answer.text]
    assert answers[0].value["items"][0]["lines"] != []


def test_the_end_of_a_file_keeps_its_last_lines(open_box: Open) -> None:
    box = open_box("bad-node")
    lines = [f"line {number:05} of the program" for number in range(1000)]
    box.sandbox.store.task(JOB, "frame-0001").files = {
        "stderr.txt": "\r\n".join([*lines, "caf\xe9"]).encode("latin-1")
    }
    told_page = page(session_of(box), "read_file", task=TASK, lines=400)
    item = told_page["items"][0]
    assert item["lines"] == [*lines[-(len(item["lines"]) - 1) :], "caf\\xe9"]
    assert told_page["shortened"] == [f"items[0].lines: {len(item['lines'])} of 400"]
    few = page(session_of(box), "read_file", task=TASK, lines=2)
    assert few["items"][0]["lines"] == [lines[-1], "caf\\xe9"]


def test_a_limit_that_was_reached_is_told(session: Session) -> None:
    some = page(session, "failed_tasks", limit=2)
    assert some["summary"]["tasks"] == 2
    assert some["notes"] == ["note: no more than 2 tasks were read, and the numbers are of these"]
    assert page(session, "failed_tasks")["notes"] == []


def test_a_call_that_nobody_waits_for_ends_and_lets_the_next_one_in(open_box: Open) -> None:
    box = open_box("bad-node")
    session = session_of(box)
    called_off = threading.Event()
    called_off.set()
    before = len(box.sandbox.requests)
    answer = session.call("triage", {}, called_off)
    assert (answer.failed, answer.value["error"]["message"]) == (True, "The call was called off.")
    assert len(box.sandbox.requests) == before
    assert page(session, "triage")["items"]


def test_a_call_that_is_called_off_does_not_wait_to_try_again(open_box: Open) -> None:
    box = open_box("bad-node")
    session = session_of(box)
    called_off = threading.Event()
    box.order(Fault(FaultKind.BUSY, times=None))
    answers: list[Any] = []
    thread = threading.Thread(
        target=lambda: answers.append(session.call("node", {"node": f"{POOL}/x"}, called_off))
    )
    thread.start()
    while not box.sandbox.requests:
        thread.join(0.01)
    called_off.set()
    thread.join(20)
    assert not thread.is_alive()
    assert answers[0].failed


def test_a_mistake_of_ours_is_an_answer_too(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of nothing")

    monkeypatch.setattr(session.account, "triage", broken)
    error = told(session, "triage").value["error"]
    assert (error["message"], error["exitStatus"]) == (
        "batchdoctor itself failed: ZeroDivisionError: of nothing",
        1,
    )


def test_logs_and_codes_are_told_without_an_account(session: Session, tmp_path: Path) -> None:
    assert "account" not in page(session, "explain", text="BlobAccessDenied")
    assert page(session, "job", job=JOB)["account"].startswith("127.0.0.1:")
