"""Running failed tasks again: what is chosen, sent, saved before, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

JOB = "render-20261121"


def failed(box: Box) -> dict[str, str]:
    """The failed tasks of the job, each with its category."""
    items = box.run("tasks", "failed", "--job", JOB, "-o", "jsonl").jsonl()
    return {item["taskId"]: item["category"] for item in items}


def test_the_request_has_no_body_and_the_failure_is_saved_first(open_box: Open) -> None:
    box = open_box("bad-node")
    before = box.run("tasks", "failed", "--job", JOB, "-o", "jsonl").jsonl()[0]
    task = before["taskId"]
    result = box.run("tasks", "reactivate", f"{JOB}/{task}", "--yes", "-o", "jsonl")
    saved, done = result.jsonl()
    posts = [r for r in box.sandbox.requests if r.method == "POST"]
    assert [(r.path, r.body) for r in posts] == [(f"/jobs/{JOB}/tasks/{task}/reactivate", b"")]
    assert (result.status, saved["outcome"], done["outcome"]) == (0, "saved", "done")
    assert {key: saved[key] for key in before} == before


def test_everything_is_saved_before_the_first_task_is_touched(open_box: Open) -> None:
    box = open_box("bad-node")
    count = len(failed(box))
    argv = ("tasks", "reactivate", "--failed", "--job", JOB, "--yes", "-o", "jsonl")
    outcomes = [item["outcome"] for item in box.run(*argv).jsonl()]
    assert outcomes == ["saved"] * count + ["done"] * count
    assert failed(box) == {}


def test_only_one_kind_or_one_node_can_be_chosen(open_box: Open) -> None:
    box = open_box("bad-node")
    items = box.run("tasks", "failed", "--job", JOB, "-o", "jsonl").jsonl()
    node = items[0]["nodeId"]
    argv = ("tasks", "reactivate", "--failed", "--job", JOB, "--dry-run", "-o", "jsonl")
    of_node = box.run(*argv, "--node", node).jsonl()
    of_kind = box.run(*argv, "--category", "node").jsonl()
    assert [i["taskId"] for i in of_node] == [i["taskId"] for i in items if i["nodeId"] == node]
    assert [i["taskId"] for i in of_kind] == [i["taskId"] for i in items if i["category"] == "node"]
    assert box.requested("POST", "") == 0


def test_tasks_come_from_standard_input(open_box: Open) -> None:
    box = open_box("bad-node")
    ids = box.run("tasks", "failed", "--job", JOB, "-o", "ids")
    result = box.run("tasks", "reactivate", "-", "--yes", "-o", "ids", stdin=ids.output)
    assert result.status == 0
    assert sorted(result.stdout.split()) == sorted(ids.stdout.split())


def test_a_task_that_is_refused_is_an_error_too(open_box: Open) -> None:
    box = open_box("bad-node")
    good = next(t.id for t in box.sandbox.store.job(JOB).tasks if t.result == "success")
    result = box.run("tasks", "reactivate", good, "--job", JOB, "--yes")
    (told,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert f"{JOB}/{good}" in told
    assert "(TaskSucceeded, request id " in told


def test_a_task_that_succeeded_is_refused_and_the_others_go_on(open_box: Open) -> None:
    box = open_box("bad-node")
    bad = next(iter(failed(box)))
    good = next(t.id for t in box.sandbox.store.job(JOB).tasks if t.result == "success")
    argv = ("tasks", "reactivate", good, "gone", bad, "--job", JOB, "--yes", "-o", "json")
    result = box.run(*argv)
    outcomes = {
        item["taskId"]: (item["outcome"], item["outcomeCode"]) for item in result.json()["items"]
    }
    assert result.status == 8
    assert outcomes == {
        good: ("failed", "TaskSucceeded"),
        "gone": ("failed", "TaskNotFound"),
        bad: ("done", None),
    }


def test_a_lost_answer_is_no_failure(open_box: Open) -> None:
    box = open_box("bad-node")
    task = next(iter(failed(box)))
    box.order(Fault("lost-answer", "POST /jobs/{j}/tasks/{t}/reactivate"))
    result = box.run("tasks", "reactivate", task, "--job", JOB, "--yes", "-o", "json")
    assert (result.status, result.json()["summary"]["done"]) == (0, 1)


def test_the_journal_keeps_what_the_service_forgets(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    task = next(iter(failed(box)))
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    box.run("tasks", "reactivate", task, "--job", JOB, "--yes", environ=environ)
    lines = (tmp_path / "batchdoctor" / "journal.jsonl").read_text().splitlines()
    written = [json.loads(line) for line in lines]
    assert [(entry["object"], entry["action"], entry["result"]) for entry in written] == [
        (f"{JOB}/{task}", "reactivate", "begin"),
        (f"{JOB}/{task}", "reactivate", "done"),
    ]
    assert all(entry["erased"]["exitCode"] is not None for entry in written)


@pytest.mark.parametrize(
    "argv",
    [[], ["--failed"], ["t", "--job", JOB, "--failed"], ["x/t", "--category", "node"], ["t"]],
)
def test_contradictions_are_wrong_usage(open_box: Open, argv: list[str]) -> None:
    assert open_box("bad-node").run("tasks", "reactivate", *argv, "--yes").status == 2


def test_without_consent_nothing_is_done(open_box: Open) -> None:
    box = open_box("bad-node")
    argv = ("tasks", "reactivate", "--failed", "--job", JOB)
    assert box.run(*argv).status == 5
    assert box.run(*argv, "--yes", environ={"BATCHDOCTOR_READ_ONLY": "1"}).status == 5
    assert box.requested("POST", "") == 0
