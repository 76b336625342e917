"""Since when most jobs fail: told of many together, and only where no one thing explains it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any

import pytest

from batchdoctor.core.suspicion.begun import Begun, Share
from batchdoctor.core.suspicion.common_rise import CommonRise, Quiet
from batchdoctor.core.suspicion.common_rise import common_rise as of_begun
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.outage import Outage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def common_rise(
    history: History | None,
    without: Collection[tuple[str, str]] = (),
    **known: Any,
) -> CommonRise | None:
    return of_begun(Begun(history, without), **known)


def runs(*stretches: tuple[int, float], jobs: int | None = None) -> History:
    """One run a minute, each a job of its own or one of so many jobs in turn.

    A stretch is how many runs, and which share of them fails.
    """
    found, number = History(), 0
    for length, share in stretches:
        for place in range(length):
            failed = floor(place * share + 0.5) > floor((place - 1) * share + 0.5)
            job = f"job-{number if jobs is None else number % jobs}"
            begin = NOON + timedelta(minutes=number)
            what = What(job, 0, failed=failed)
            found.add("p", f"n{number % 7}", what, begin, begin + timedelta(seconds=30))
            number += 1
    return found


def test_jobs_of_one_task_that_fail_since_a_moment_have_risen_together() -> None:
    rise = common_rise(runs((100, 0.02), (30, 0.9)))
    assert rise is not None
    assert abs(rise.since - (NOON + timedelta(minutes=100))) <= timedelta(minutes=2)
    assert (rise.during, rise.until) == (Share(30, 27), None)
    assert (len(rise.jobs), rise.jobs_run) == (27, 30)


def test_a_rise_that_is_over_says_until_when() -> None:
    rise = common_rise(runs((100, 0.02), (30, 1.0), (60, 0.0)))
    assert rise is not None
    assert rise.since == NOON + timedelta(minutes=100)
    assert rise.until is not None
    assert abs(rise.until - (NOON + timedelta(minutes=130))) <= timedelta(minutes=1)
    assert (rise.before, rise.during, rise.after) == (Share(100, 2), Share(30, 30), Share(60, 0))


def test_jobs_that_always_failed_alike_have_not() -> None:
    assert common_rise(runs((200, 0.5))) is None
    assert common_rise(runs((20, 1.0))) is None
    assert common_rise(None) is None


def test_a_rise_of_one_job_is_that_jobs() -> None:
    found = runs((100, 0.02))
    for number in range(30):
        begin = NOON + timedelta(minutes=100 + number)
        found.add("p", "n1", What("big", 0, failed=True), begin, begin)
    assert common_rise(found) is None


def test_a_rise_on_nodes_that_are_accused_is_theirs() -> None:
    found = runs((100, 0.02))
    for number in range(30):
        begin = NOON + timedelta(minutes=100 + number)
        found.add("p", "sick", What(f"late-{number}", 0, failed=True), begin, begin)
    assert common_rise(found) is not None
    assert common_rise(found, {("p", "sick")}) is None


def test_jobs_that_went_well_meanwhile_and_were_only_counted_speak_against_it() -> None:
    found = runs((100, 0.02), (30, 0.9))
    since = NOON + timedelta(minutes=100)
    quiet = [Quiet(f"well-{n}", since + n * HOUR / 100, since + HOUR, 1) for n in range(40)]
    rise = common_rise(found, quiet=quiet[10:20])
    assert rise is not None
    assert (rise.jobs_run, rise.spread) == (40, 10)
    assert common_rise(found, quiet=quiet) is None


def test_a_long_job_without_failures_is_spread_over_its_time() -> None:
    rise = common_rise(
        runs((100, 0.02), (30, 1.0)), quiet=[Quiet("long", NOON - HOUR, NOON + HOUR, 2400)]
    )
    assert rise is not None
    assert rise.before == Share(2500, 2)
    assert rise.during == Share(30, 30)


def test_an_outage_that_explains_it_is_told_instead() -> None:
    found = runs((100, 0.02), (30, 0.9))
    since = NOON + timedelta(minutes=100)
    outage = Outage(
        "storage", since, since + HOUR, 30, 27, {"job-101": 27}, 7, {"BlobDownloadError": 27}, False
    )
    assert common_rise(found, outages=[outage]) is None


@pytest.mark.parametrize("jobs", [3, 10])
def test_a_few_larger_jobs_that_all_fail_since_then_have_risen_together(jobs: int) -> None:
    rise = common_rise(runs((120, 0.0), (60, 1.0), jobs=jobs))
    assert rise is not None
    assert rise.since == NOON + timedelta(minutes=120)
    assert rise.jobs_run == len(rise.jobs) == jobs
