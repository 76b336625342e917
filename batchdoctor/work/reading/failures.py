"""Reads failed tasks job by job, and says what each failure is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.names import same_id
from batchdoctor.core.records import Task, same
from batchdoctor.work.reading.chosen import chosen_jobs
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.service.client import Client


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """Which failures are wanted besides those of some jobs; None and empty narrow nothing.

    Nodes are `NODE` or `POOL/NODE`; `since` and `until` are about the end of a task.
    """

    pool_id: str | None = None
    nodes: Sequence[str] = ()
    category: str | None = None
    exit_code: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, failure: Failure) -> bool:
        """Whether a failure is wanted, as far as the service could not be asked to say so."""
        if self.category is None and not self.nodes:
            return True
        of_kind = self.category in {None, failure.category.value}
        names = (failure.node_id, f"{failure.pool_id}/{failure.node_id}")
        on_node = not self.nodes or any(same_id(a, b) for a in names for b in self.nodes)
        return of_kind and on_node


def failures_of(
    reading: Reading, jobs: Sequence[str] | None, narrowed: Narrowed
) -> Iterator[Failure]:
    """Failures of the given jobs, or of all, in the order in which the service lists them."""
    matched, pool_id = False, narrowed.pool_id
    for task in failed_tasks(reading, jobs, narrowed):
        where = task.node_info.pool_id if task.node_info else None
        if pool_id is None or same(where, pool_id):
            matched = True
            failure = failure_of(task)
            if narrowed.takes(failure):
                yield failure
    if pool_id and not matched and not reading.stopped:
        # Tasks outlive their pool, so only a pool without any is asked whether it exists.
        reading.client.pool(pool_id)


def failed_tasks(
    reading: Reading, jobs: Sequence[str] | None, narrowed: Narrowed
) -> Iterator[Task]:
    """Failed tasks, job by job, each as soon as its page has arrived."""
    names = (job.id for job in chosen_jobs(reading, jobs))

    def listing(job_id: str) -> Iterator[Task]:
        return reading.client.failed_tasks(
            job_id, since=narrowed.since, until=narrowed.until, exit_code=narrowed.exit_code
        )

    for job_id, tasks in reading.ahead(names, listing):
        reading.jobs += 1
        total = partial(_failed, reading.client, job_id, narrowed)
        yield from reading.each(f"job {job_id}", tasks, unit="tasks", total=total)


def _failed(client: Client, job_id: str, narrowed: Narrowed) -> int | None:
    """How many failed tasks a job has; of a time or an exit code nobody knows."""
    if narrowed.since or narrowed.until or narrowed.exit_code is not None:
        return None
    return client.task_counts(job_id).failed
