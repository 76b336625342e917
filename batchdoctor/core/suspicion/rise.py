"""Since when a job fails that did not fail before, and until when: a rise of its failures."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.suspicion.begun import Begun, Points, Share, Stretch, stretches_of
from batchdoctor.core.suspicion.command_kind import without_command
from batchdoctor.core.suspicion.cuts import likelihood
from batchdoctor.core.suspicion.history import moment

# A job that fails so much of what began since, and so much less before, has changed.
RISEN_SHARE = 0.5
_LESS_BEFORE = 0.5
# What it must gain in log likelihood, beside that of so many places where it might begin.
_WORTH_A_RISE = 9.0
FEWEST_RUNS = 8
# Fewer failures are no rise, whatever ran besides.
_FEWEST_FAILURES = RISEN_SHARE * FEWEST_RUNS


# When a run began and ended, whether it failed, and of which kind its id is.
_Run = tuple[int, int, bool, int]


class Rise(msgspec.Struct, frozen=True):
    """Runs and failures of a job before a moment, and of what began since.

    `until` is when the first run began after it that is well again, None for a rise that goes on;
    `runs_after` and `failures_after` are of what began then. `new_kind` says that most of what
    failed is of a kind of task that had not run before.
    """

    job_id: str
    since: datetime
    runs: int
    failures: int
    runs_before: int
    failures_before: int
    last_success: datetime | None
    until: datetime | None = None
    runs_after: int = 0
    failures_after: int = 0
    new_kind: bool = False


def rises_of(begun: Begun) -> Iterator[Rise]:
    """The jobs that failed since a moment, or for a while."""
    jobs: dict[str, list[_Run]] = {job_id: [] for job_id in _candidates(begun)}
    if not jobs:
        return
    for index, begin, end in begun.rows():
        what = begun.whats[index]
        if (runs := jobs.get(what.job_id)) is not None:
            runs.append((begin, end, what.failed, without_command(what.kind)))
    for job_id, runs in sorted(jobs.items()):
        runs.sort()
        found = risen([1] * len(runs), [int(run[2]) for run in runs])
        if found is not None and (at := moment(runs[found.first][0])) is not None:
            yield _rise(job_id, at, runs, found)


def _candidates(begun: Begun) -> Collection[str]:
    """Jobs that have a rise by the minute."""
    return [
        job_id
        for job_id, points in begun.by_job(_FEWEST_FAILURES)
        if sum(points.failures) >= _FEWEST_FAILURES and _may_have_risen(points)
    ]


def _may_have_risen(points: Points) -> bool:
    # So short a job is looked at run by run.
    return len(points.runs) < FEWEST_RUNS or risen(points.runs, points.failures) is not None


def risen(runs: Sequence[int], failures: Sequence[int]) -> Stretch | None:
    """The first rise that goes on; else of those that are over the one with the most failures."""
    return first_or_worst(each for each in stretches_of(runs, failures) if has_risen(each))


def first_or_worst(stretches: Iterable[Stretch]) -> Stretch | None:
    """The first stretch after which nothing began, else the one with the most failures."""
    over = []
    for stretch in stretches:
        if not stretch.after.runs:
            return stretch
        over.append(stretch)
    return max(over, key=lambda each: 2 * each.during.failures - each.during.runs, default=None)


def has_risen(stretch: Stretch) -> bool:
    """Whether most of what began meanwhile failed, and much less of what began before and after."""
    before, during, after, lately = stretch[2:]
    if during.runs < FEWEST_RUNS or during.failures < RISEN_SHARE * during.runs:
        return False
    high = _LESS_BEFORE * during.failures / during.runs
    if before.failures > high * before.runs or after.failures > high * after.runs:
        return False
    if lately.runs >= FEWEST_RUNS and lately.failures <= high * lately.runs:
        return False
    # With too few runs afterwards nothing says that it is over.
    if 0 < after.runs < FEWEST_RUNS:
        return False
    return _is_no_chance(during, before.runs + after.runs, before.failures + after.failures)


def _is_no_chance(during: Share, others: int, others_failed: int) -> bool:
    """Whether two shares explain it so much better that no best place among many does by chance."""
    runs, failures = during.runs + others, during.failures + others_failed
    apart = likelihood(during.runs, during.failures) + likelihood(others, others_failed)
    return apart - likelihood(runs, failures) > _WORTH_A_RISE + math.log(runs)


def _rise(job_id: str, at: datetime, runs: list[_Run], stretch: Stretch) -> Rise:
    before, during = runs[: stretch.first], runs[stretch.first : stretch.last]
    known = {kind for *_, kind in before}
    new = sum(failure and kind not in known for *_, failure, kind in during)
    wells = [end for _, end, failure, _ in runs if not failure]
    return Rise(
        job_id=job_id,
        since=at,
        runs=stretch.during.runs,
        failures=stretch.during.failures,
        runs_before=stretch.before.runs,
        failures_before=stretch.before.failures,
        last_success=moment(max(wells, default=0)),
        until=moment(runs[stretch.last][0]) if stretch.last < len(runs) else None,
        runs_after=stretch.after.runs,
        failures_after=stretch.after.failures,
        new_kind=bool(before) and 2 * new > stretch.during.failures,
    )
