"""A check that crashes becomes a finding, and the others go on."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.findings.checks.guarded import run_checks
from batchdoctor.core.findings.finding import Finding, Subject

SUBJECT = Subject(pool_id="p")
FINE = Finding(kind="node-offline", subject=SUBJECT, message="m")


def crashing(facts: int) -> Iterator[Finding]:
    yield FINE
    raise ZeroDivisionError("one too many")


def working(facts: int) -> Iterator[Finding]:
    yield FINE


def test_a_check_that_crashes_is_told_of_and_the_others_go_on() -> None:
    crashed, fine = run_checks((crashing, working), 7, SUBJECT)
    assert (crashed.kind, crashed.subject) == ("check-failed", SUBJECT)
    assert crashed.message == "The check crashing failed: ZeroDivisionError: one too many."
    assert fine is FINE
