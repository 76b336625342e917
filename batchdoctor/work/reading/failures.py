"""Reads failed tasks job by job, and says what each failure is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.records import Task, same
from batchdoctor.work.reading.chosen import chosen_jobs
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.service.client import Client


def failures_of(
    reading: Reading, jobs: Sequence[str] | None, pool_id: str | None, since: datetime | None
) -> Iterator[Failure]:
    """Failures of the given jobs, or of all, in the order in which the service lists them."""
    matched = False
    for task in failed_tasks(reading, jobs, since):
        where = task.node_info.pool_id if task.node_info else None
        if pool_id is None or same(where, pool_id):
            matched = True
            yield failure_of(task)
    if pool_id and not matched and not reading.stopped:
        # Tasks outlive their pool, so only a pool without any is asked whether it exists.
        reading.client.pool(pool_id)


def failed_tasks(
    reading: Reading, jobs: Sequence[str] | None, since: datetime | None
) -> Iterator[Task]:
    """Failed tasks, job by job, each as soon as its page has arrived."""
    client = reading.client
    names = (job.id for job in chosen_jobs(reading, jobs))
    for job_id, tasks in reading.ahead(
        names, lambda job_id: client.failed_tasks(job_id, since=since)
    ):
        reading.jobs += 1
        total = partial(_failed, client, job_id, since)
        yield from reading.each(f"job {job_id}", tasks, unit="tasks", total=total)


def _failed(client: Client, job_id: str, since: datetime | None) -> int | None:
    """How many failed tasks a job has; since a moment nobody knows."""
    return None if since else client.task_counts(job_id).failed
