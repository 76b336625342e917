"""Since when a job fails that did not fail before, and until when: a rise of its failures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import combinations

import msgspec

from batchdoctor.core.suspicion.cuts import cuts_of
from batchdoctor.core.suspicion.history import History, moment

# A job that fails so much of what began since, and so much less before, has changed.
RISEN_SHARE = 0.5
_LESS_BEFORE = 0.5
FEWEST_RUNS = 8
# A job whose failures change more often than this has no one rise.
_MOST_CUTS = 12


# When a run began and ended, whether it failed, and of which kind it is.
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


def rises_of(history: History | None, without: Collection[tuple[str, str]] = ()) -> Iterator[Rise]:
    """The jobs that failed since a moment, or for a while, without what ran on some nodes."""
    jobs: dict[str, list[_Run]] = {}
    for _, _, index, found in history.without(without) if history else ():
        what = history.whats[index] if history else None
        if what is None or what.ended:
            continue
        jobs.setdefault(what.job_id, []).extend(
            (start or end, end, what.failed, what.kind) for _, start, end in found.rows()
        )
    for job_id, runs in sorted(jobs.items()):
        if (rise := _rise(job_id, sorted(runs))) is not None:
            yield rise


def _rise(job_id: str, runs: list[_Run]) -> Rise | None:
    """The first rise that goes on; else of those that are over the one with the most failures."""
    cuts = cuts_of([(1, int(run[2])) for run in runs])
    for cut in cuts:
        if (rise := _between(job_id, runs, cut, len(runs))) is not None:
            return rise
    over = [
        rise
        for first, last in combinations(cuts[:_MOST_CUTS], 2)
        if (rise := _between(job_id, runs, first, last)) is not None
    ]
    return max(over, key=lambda rise: 2 * rise.failures - rise.runs, default=None)


def _between(job_id: str, runs: list[_Run], first: int, last: int) -> Rise | None:
    """The rise of some of the runs above those before and after them, if it is one."""
    before, during, after = runs[:first], runs[first:last], runs[last:]
    failed_before, failed, failed_after = (_failed(each) for each in (before, during, after))
    share, at = failed / len(during), moment(during[0][0])
    if len(during) < FEWEST_RUNS or share < RISEN_SHARE or at is None:
        return None
    if failed_before > _LESS_BEFORE * share * len(before):
        return None
    if failed_after > _LESS_BEFORE * share * len(after):
        return None
    # With too few runs afterwards nothing says that it is over.
    if after and len(after) < FEWEST_RUNS:
        return None
    known = {kind for *_, kind in before}
    new = sum(failure and kind not in known for *_, failure, kind in during)
    wells = [end for _, end, failure, _ in runs if not failure]
    return Rise(
        job_id=job_id,
        since=at,
        runs=len(during),
        failures=failed,
        runs_before=len(before),
        failures_before=failed_before,
        last_success=moment(max(wells, default=0)),
        until=moment(after[0][0]) if after else None,
        runs_after=len(after),
        failures_after=failed_after,
        new_kind=bool(before) and 2 * new > failed,
    )


def _failed(runs: list[_Run]) -> int:
    return sum(run[2] for run in runs)
