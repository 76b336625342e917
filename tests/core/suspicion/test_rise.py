"""Since when a job fails: from the first run of the block in which it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.rise import rises_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def history(*failed: bool, job_id: str = "j") -> History:
    found = History()
    for number, failure in enumerate(failed):
        start = NOON + timedelta(minutes=number)
        what = What(job_id, 0, failed=failure)
        found.add("p", f"n{number % 4}", what, start, start + timedelta(seconds=30))
    return found


def test_a_job_that_was_well_and_fails_since_then_has_risen() -> None:
    (rise,) = rises_of(history(*[False] * 40, *[True] * 20))
    assert rise.since == NOON + timedelta(minutes=40)
    assert (rise.failures, rise.runs) == (20, 20)
    assert (rise.failures_before, rise.runs_before) == (0, 40)


def test_a_job_that_always_failed_alike_has_not() -> None:
    assert list(rises_of(history(*[True, False] * 30))) == []


def test_a_job_that_is_well_again_has_not() -> None:
    assert list(rises_of(history(*[False] * 40, *[True] * 20, *[False] * 60))) == []


def test_no_history_has_no_rise() -> None:
    assert list(rises_of(None)) == []
