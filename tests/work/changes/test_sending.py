"""Changes on their way: each in the journal before and after, and told truly when cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from batchdoctor.core.changes import Change, Outcome
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import ExitCode, RefusedError, UncertainError
from batchdoctor.service.once import ActionResult, Effect
from batchdoctor.work.changes.journal import Journal, entries
from batchdoctor.work.changes.sending import Request, Sending, told
from batchdoctor.work.surroundings import Quiet

NAMES = ["job-1", "job-2", "job-3"]


@pytest.fixture
def sending(tmp_path: Path) -> Sending:
    outside = Quiet()
    return Sending(outside, Journal(outside, tmp_path, "acct"), "job disable", [])


def done() -> Change:
    return told(ActionResult(Effect.CHANGED, "r-1"), "disabled", "it was disabled already")


def each(
    sending: Sending, send: Callable[[str], Change], *, at_once: int = 1
) -> dict[str, tuple[str, str]]:
    requests = (Request([name], partial(send, name)) for name in NAMES)
    made = sending.each(requests, NAMES, at_once=at_once)
    return {name: (change.outcome.value, change.message) for name, change in made}


def journal_of(folder: Path) -> dict[str, str]:
    return {entry["object"]: entry["result"] for entry in entries(folder, "acct")}


@pytest.mark.parametrize("at_once", [1, 8], ids=["one by one", "several at a time"])
def test_a_refusal_is_a_result_and_the_others_go_on(
    sending: Sending, tmp_path: Path, at_once: int
) -> None:
    def send(name: str) -> Change:
        if name == "job-2":
            raise RefusedError("It is being deleted.", code="JobBeingDeleted")
        if name == "job-3":
            raise UncertainError("The answer was lost.")
        return done()

    assert each(sending, send, at_once=at_once) == {
        "job-1": ("done", "disabled"),
        "job-2": ("failed", "It is being deleted."),
        "job-3": ("unknown", "The answer was lost."),
    }
    assert journal_of(tmp_path) == {"job-1": "done", "job-2": "failed", "job-3": "unknown"}
    assert sending.problems == []


def test_what_was_not_begun_when_it_was_interrupted_was_not_done(
    sending: Sending, tmp_path: Path
) -> None:
    def send(name: str) -> Change:
        if name == "job-2":
            raise KeyboardInterrupt
        return done()

    assert each(sending, send) == {
        "job-1": ("done", "disabled"),
        "job-2": ("unknown", "interrupted: it may have been done or not"),
        "job-3": ("failed", "interrupted before it was sent"),
    }
    assert sending.problems == [Problem("job disable", "interrupted", ProblemKind.INTERRUPTED)]
    sending.journal.close()
    assert journal_of(tmp_path) == {"job-1": "done", "job-2": "unknown"}


def test_what_cannot_be_written_down_is_not_sent(sending: Sending, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    sent: list[str] = []

    def send(name: str) -> Change:
        sent.append(name)
        return done()

    told_of = each(sending, send)
    assert sent == []
    assert {outcome for outcome, _ in told_of.values()} == {"failed"}
    assert all(message.startswith("Not sent: the journal") for _, message in told_of.values())


def test_one_request_for_many_is_told_and_written_down_for_each(
    sending: Sending, tmp_path: Path
) -> None:
    def requests() -> Iterator[Request[str]]:
        yield Request(NAMES, done)

    assert [(name, change.request_id) for name, change in sending.each(requests(), NAMES)] == [
        (name, "r-1") for name in NAMES
    ]
    assert journal_of(tmp_path) == dict.fromkeys(NAMES, "done")


def test_an_interruption_is_a_problem_once(sending: Sending) -> None:
    sending.interrupted()
    sending.interrupted()
    assert len(sending.problems) == 1


def test_a_refused_change_has_the_status_code_and_request_of_its_error() -> None:
    error = RefusedError("No.", code="JobDisabled", request_id="r-2")
    assert Change.refused(error) == Change(
        outcome=Outcome.FAILED,
        message="No.",
        status=ExitCode.UNEXPECTED,
        code="JobDisabled",
        request_id="r-2",
        error=error,
    )
