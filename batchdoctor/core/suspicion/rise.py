"""Since when a job fails that did not fail before: the onset of a rise of its failures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from batchdoctor.core.suspicion.cuts import cuts_of
from batchdoctor.core.suspicion.history import History, moment, rows_of, start_and_end

# A job that fails so much of what began since, and so much less before, has changed.
RISEN_SHARE = 0.5
_LESS_BEFORE = 0.5
FEWEST_RUNS = 8


class Rise(msgspec.Struct, frozen=True):
    """Runs and failures of a job before a moment, and of what began since."""

    job_id: str
    since: datetime
    runs: int
    failures: int
    runs_before: int
    failures_before: int
    last_success: datetime | None


def rises_of(history: History | None, without: Collection[tuple[str, str]] = ()) -> Iterator[Rise]:
    """The jobs that have failed since a moment, without what ran on some nodes."""
    jobs: dict[str, list[tuple[int, int, bool]]] = {}
    for pool_id, nodes in history.pools.items() if history else ():
        for node_id, node in nodes.items():
            if (pool_id, node_id) in without or history is None:
                continue
            for index, when in rows_of(node):
                what = history.whats[index]
                if not what.ended:
                    start, end = start_and_end(when)
                    jobs.setdefault(what.job_id, []).append((start or end, end, what.failed))
    for job_id, runs in sorted(jobs.items()):
        if (rise := _rise(job_id, sorted(runs))) is not None:
            yield rise


def _rise(job_id: str, runs: list[tuple[int, int, bool]]) -> Rise | None:
    cuts = cuts_of([(1, int(failed)) for _, _, failed in runs])
    for cut in cuts:
        before, since = runs[:cut], runs[cut:]
        failed, failed_before = (sum(run[2] for run in each) for each in (since, before))
        at = moment(since[0][0])
        share = failed / len(since)
        if len(since) < FEWEST_RUNS or share < RISEN_SHARE or at is None:
            continue
        if failed_before > _LESS_BEFORE * share * len(before):
            continue
        wells = [end for _, end, failure in runs if not failure]
        return Rise(
            job_id=job_id,
            since=at,
            runs=len(since),
            failures=failed,
            runs_before=len(before),
            failures_before=failed_before,
            last_success=moment(max(wells, default=0)),
        )
    return None
