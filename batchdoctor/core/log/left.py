"""What is left of attempts once all that is known of their tasks is together: counts and runs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from batchdoctor.core.log.attempt import Names
from batchdoctor.core.log.attempt_count import AttemptCount, count_attempts
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.grain import EXACT, Grain
from batchdoctor.core.log.history_columns import HistoryColumns, columns_of, history_of
from batchdoctor.core.suspicion.history import History


class Left(msgspec.Struct):
    """Counts of concluded attempts, and when which node ran what.

    `names` are what the indices in `count` stand for; `runs` are those of each part of the buckets.
    What is left of any split of the buckets of a log, merged in any order, comes to the same; the
    attempts of a task must be in one of them.
    """

    names: Names
    count: AttemptCount
    runs: list[HistoryColumns]

    def merge(self, other: Left) -> None:
        """Add what is left of other buckets."""
        here = self.names.translation(other.names)
        jobs = [self.names.job_index(job_id) for job_id in other.names.jobs]
        by_packed = self.count.by_packed
        for (job, packed), times in other.count.by_packed.items():
            by_packed[jobs[job], here(packed)] += times
        self.count.add(other.count)
        self.runs += other.runs

    def history(self, grain: Grain = EXACT) -> History:
        """The history that is judged; the grain must be that of which the parts were made."""
        return history_of(self.runs, grain)


def left_of(store: AttemptStore, grain: Grain = EXACT) -> Left:
    """Conclude the attempts of a store."""
    count, history = count_attempts(store)
    return Left(store.names, count, [columns_of(history, grain)])


def joined(parts: Iterable[Left]) -> Left:
    """All of some parts together, of which no more than one need be there at a time."""
    whole = Left(Names(portable=True), AttemptCount(), [])
    for part in parts:
        whole.merge(part)
    return whole
