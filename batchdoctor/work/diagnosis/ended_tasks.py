"""Reads the ended tasks of the jobs in which something failed, as long as they are not too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from batchdoctor.core.records import Task, TaskCounts
from batchdoctor.work.reading.reading import Reading

# So many tasks are listed in some seconds. Of jobs with more, only the failed ones are, and how
# often each node ran them is estimated.
MOST_ENDED = 50_000


def can_be_listed(counts: Mapping[str, TaskCounts | None]) -> bool:
    """Whether the ended tasks of these jobs are few enough to list."""
    return sum(each.completed for each in counts.values() if each) <= MOST_ENDED


def ended_tasks(
    reading: Reading, jobs: Mapping[str, TaskCounts | None], *, exact: bool
) -> Iterator[tuple[str, Iterator[Task]]]:
    """Each job with its ended tasks, or with its failed ones alone."""
    client = reading.client
    listing: Callable[[str], Iterator[Task]]
    listing = client.ended_tasks if exact else client.failed_tasks
    yield from reading.ahead(list(jobs), listing)


def how_many(counts: TaskCounts | None, *, exact: bool) -> int | None:
    """How many tasks of a job are listed: all that ended, or those that failed."""
    if counts is None:
        return None
    return counts.completed if exact else counts.failed
