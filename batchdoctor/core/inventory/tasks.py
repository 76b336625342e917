"""A task as a line of a list: how it stands or ended, where it ran and how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from batchdoctor.core.inventory.wanted import Order, Wanted, among, newest, oldest
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.names import folded
from batchdoctor.core.records import Task, same


class ListedTask(Item, frozen=True, kw_only=True):
    """A task; `code` is that of its failure, `duration_seconds` runs to its end, or to now."""

    job_id: str
    task_id: str
    state: str | None
    result: str | None
    exit_code: int | None
    code: str | None
    pool_id: str | None
    node_id: str | None
    creation_time: Moment | None
    start_time: Moment | None
    end_time: Moment | None
    duration_seconds: float | None
    retry_count: int | None
    requeue_count: int | None
    state_transition_time: Moment | None

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"

    @property
    def stands(self) -> str | None:
        """Its state, or what came of it: `succeeded` or `failed`."""
        if not same(self.state, "completed") or self.result is None:
            return self.state
        return {"success": "succeeded", "failure": "failed"}.get(self.result.lower(), self.state)


def task_is_wanted(task: Task, wanted: Wanted) -> bool:
    """Whether a task belongs into a list, as far as the service could not be asked to say so."""
    where = task.node_info
    return among(where.pool_id if where else None, wanted.pools) and among(
        where.node_id if where else None, wanted.nodes
    )


def listed_task(task: Task, now: datetime) -> ListedTask:
    """A task as an item."""
    run, where = task.execution_info, task.node_info
    start = run.start_time if run else None
    end = run.end_time if run else None
    over = end or (now if same(task.state, "running") else None)
    return ListedTask(
        job_id=task.job_id,
        task_id=task.id,
        state=task.state,
        result=run.result if run else None,
        exit_code=run.exit_code if run else None,
        code=run.failure_info.code if run and run.failure_info else None,
        pool_id=where.pool_id if where else None,
        node_id=where.node_id if where else None,
        creation_time=task.creation_time,
        start_time=start,
        end_time=end,
        duration_seconds=(over - start).total_seconds() if start and over else None,
        retry_count=run.retry_count if run else None,
        requeue_count=run.requeue_count if run else None,
        state_transition_time=task.state_transition_time,
    )


TASK_ORDERS: dict[Order, Callable[[ListedTask], Any]] = {
    Order.NEWEST: lambda item: newest(item.state_transition_time),
    Order.OLDEST: lambda item: oldest(item.state_transition_time),
    Order.ID: lambda item: (folded(item.job_id), folded(item.task_id)),
    Order.LONGEST: lambda item: -(item.duration_seconds or 0.0),
}
