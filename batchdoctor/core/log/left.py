"""What is left of attempts once all that is known of their tasks is together: counts and runs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from batchdoctor.core.log.attempt import Names
from batchdoctor.core.log.attempt_count import AttemptCount, count_attempts
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.suspicion.history import History


class Left(msgspec.Struct):
    """Counts of concluded attempts, and when which node ran what.

    `names` are what the indices in `count` stand for. Those of any split of the buckets of a log,
    merged in any order, are those of the whole; the attempts of a task must be in one of them.
    """

    names: Names
    count: AttemptCount
    history: History

    def merge(self, other: Left) -> None:
        """Add what is left of other buckets."""
        here = self.names.translation(other.names)
        jobs = [self.names.job_index(job_id) for job_id in other.names.jobs]
        by_packed = self.count.by_packed
        for (job, packed), times in other.count.by_packed.items():
            by_packed[jobs[job], here(packed)] += times
        self.count.add(other.count)
        self.history.merge(other.history)


def left_of(store: AttemptStore) -> Left:
    """Conclude the attempts of a store."""
    return Left(store.names, *count_attempts(store))


def joined(parts: Sequence[Left]) -> Left:
    """All of some parts together."""
    whole = Left(Names(portable=True), AttemptCount(), History())
    for part in parts:
        whole.merge(part)
    return whole
