"""A job as a line of a list: its state, its pool and how its tasks stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from batchdoctor.core.inventory.wanted import Order, Wanted, among, newest, oldest
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job, TaskCounts
from batchdoctor.core.records.job import pool_of


class ListedJob(Item, frozen=True, kw_only=True):
    """A job; its counts of tasks are None where they were not asked for or could not be read.

    `duration_seconds` runs from its start to its end, or to now.
    """

    job_id: str
    state: str | None
    pool_id: str | None
    active_tasks: int | None
    running_tasks: int | None
    succeeded_tasks: int | None
    failed_tasks: int | None
    priority: int | None
    creation_time: Moment | None
    start_time: Moment | None
    end_time: Moment | None
    duration_seconds: float | None
    state_transition_time: Moment | None
    terminate_reason: str | None

    @property
    def stands(self) -> str | None:
        """Its state."""
        return self.state

    @property
    def name(self) -> str:
        """`JOB`."""
        return self.job_id


def job_is_wanted(job: Job, wanted: Wanted) -> bool:
    """Whether a job belongs into a list."""
    return (
        wanted.in_state(job.state)
        and wanted.in_time(job.state_transition_time)
        and among(pool_of(job), wanted.pools)
    )


def listed_job(job: Job, counts: TaskCounts | None, now: datetime) -> ListedJob:
    """A job as an item."""
    run = job.execution_info
    start = run.start_time if run else None
    end = run.end_time if run else None
    return ListedJob(
        job_id=job.id,
        state=job.state,
        pool_id=pool_of(job),
        active_tasks=counts.active if counts else None,
        running_tasks=counts.running if counts else None,
        succeeded_tasks=counts.succeeded if counts else None,
        failed_tasks=counts.failed if counts else None,
        priority=job.priority,
        creation_time=job.creation_time,
        start_time=start,
        end_time=end,
        duration_seconds=((end or now) - start).total_seconds() if start else None,
        state_transition_time=job.state_transition_time,
        terminate_reason=run.terminate_reason if run else None,
    )


JOB_ORDERS: dict[Order, Callable[[ListedJob], Any]] = {
    Order.NEWEST: lambda item: newest(item.state_transition_time),
    Order.OLDEST: lambda item: oldest(item.state_transition_time),
    Order.ID: lambda item: folded(item.job_id),
    Order.LONGEST: lambda item: -(item.duration_seconds or 0.0),
    Order.FAILED: lambda item: -(item.failed_tasks or 0),
}
