"""What a log tells to have changed just before a moment: resizes, and nodes that were new to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.suspicion.changed_before import JUST_BEFORE, just_before
from batchdoctor.core.suspicion.history import History, moment
from batchdoctor.core.text.wording import plural


def pools_of(history: History | None, job_id: str | None) -> list[str]:
    """The pools in which a job ran, or in which anything did."""
    if history is None:
        return []
    whats = {index for index, what in enumerate(history.whats) if job_id in {None, what.job_id}}
    return [pool_id for pool_id, pool in history.pools.items() if whats & pool.runs.keys()]


def changes_in_log(concluded: Conclusion, since: datetime, pools: Collection[str]) -> Iterator[str]:
    """What changed within the hour before a moment in some pools, as sentences.

    Of a resize the log that was counted keeps no pool.
    """
    resizes = {
        at: times
        for second, times in concluded.resizes.items()
        if (at := moment(second)) is not None and just_before(since, at)
    }
    if resizes:
        times = plural(sum(resizes.values()), "resize")
        yield f"{times} of pools began, the last at {_minute(max(resizes))}."
    yield from new_nodes(concluded, since, pools)


def new_nodes(concluded: Conclusion, since: datetime, pools: Collection[str]) -> Iterator[str]:
    """The nodes that ran something for the first time in a log that began long before."""
    begun = concluded.span.since
    if concluded.history is None or begun is None or begun > since - JUST_BEFORE:
        return
    for pool_id in pools:
        first: dict[int, int] = {}
        for runs in concluded.history.pools[pool_id].runs.values():
            for node, start, end in runs.rows():
                second = start or end
                if second and second < first.get(node, second + 1):
                    first[node] = second
        met = sorted(at for second in first.values() if (at := moment(second)) is not None)
        new = [at for at in met if just_before(since, at)]
        if new and new[0] > met[0]:
            yield (
                f"{len(new):,} of {plural(len(met), 'node')} of pool {pool_id} ran their first task"
                f" of this log from {_minute(new[0])} to {_minute(new[-1])}."
            )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
