"""Since when a job fails: from the first run of the block in which it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from batchdoctor.core.suspicion.begun import Begun
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.suspicion.rise import rises_of as rises_begun

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rises_of(history: History | None) -> list[Rise]:
    return list(rises_begun(Begun(history)))


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
    assert rises_of(history(*[True, False] * 30)) == []


def test_a_rise_that_is_over_says_until_when_and_how_it_went_on() -> None:
    (rise,) = rises_of(history(*[False] * 40, *[True] * 20, *[False] * 60))
    assert (rise.since, rise.until) == (NOON + timedelta(minutes=40), NOON + timedelta(minutes=60))
    assert (rise.failures, rise.runs) == (20, 20)
    assert (rise.failures_after, rise.runs_after) == (0, 60)


def test_a_rise_that_was_over_before_most_of_its_failures_were_outnumbered_is_over() -> None:
    (rise,) = rises_of(history(*[False] * 40, *[True] * 40, *[False] * 35))
    assert rise.until == NOON + timedelta(minutes=80)
    assert (rise.failures, rise.runs, rise.runs_after) == (40, 40, 35)


def test_a_few_runs_that_went_well_are_no_end() -> None:
    assert [r.until for r in rises_of(history(*[False] * 40, *[True] * 40, *[False] * 5))] == [None]


@pytest.mark.parametrize(("kind", "new"), [(1, True), (0, False)])
def test_tasks_of_a_kind_that_had_not_run_before_are_told(kind: int, new: bool) -> None:
    found = History()
    for number in range(60):
        start, failed = NOON + timedelta(minutes=number), number >= 40
        what = What("j", kind if failed else 0, failed=failed)
        found.add("p", "n", what, start, start + timedelta(seconds=30))
    (rise,) = rises_of(found)
    assert rise.new_kind is new


@pytest.mark.parametrize("seed", range(40))
def test_a_job_that_fails_a_third_at_random_never_rises(seed: int) -> None:
    random = Random(seed)
    assert rises_of(history(*(random.random() < 1 / 3 for _ in range(3000)))) == []


def test_no_history_has_no_rise() -> None:
    assert rises_of(None) == []
