"""What a log says as items of an answer: events, attempts without an end, stretches of time."""

from __future__ import annotations

from typing import Any

from batchdoctor.core.item import Item, Moment
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.unfinished import Unfinished


class EventItem(Item, frozen=True, kw_only=True):
    """One event as one normal record; `properties` is its body as it was found."""

    operation_name: str
    time: Moment | None
    job_id: str | None
    task_id: str | None
    pool_id: str | None
    node_id: str | None
    retry_count: int | None
    requeue_count: int | None
    system_task_version: int | None
    exit_code: int | None
    result: str | None
    code: str | None
    message: str | None
    properties: dict[str, Any]

    @property
    def name(self) -> str | None:
        """`JOB/TASK`, where it is about a task."""
        return f"{self.job_id}/{self.task_id}" if self.task_id else None


class UnfinishedItem(Item, frozen=True, kw_only=True):
    """One attempt that has not ended, in the spelling of the service."""

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    start_time: Moment | None
    duration_seconds: float | None
    retry_count: int
    requeue_count: int | None
    system_task_version: int
    overtaken: bool
    next_start_time: Moment | None

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class BucketItem(Item, frozen=True, kw_only=True):
    """One stretch of time and what happened in it."""

    start_time: Moment
    end_time: Moment
    failures: int
    resizes: int
    failed_resizes: int
    autoscale_errors: int
    schedule_failures: int
    special_task_failures: int


def event_item(event: Event) -> EventItem:
    """One event as an item."""
    body = event.properties
    execution, failure = body.execution_info, event.failure
    return EventItem(
        operation_name=event.operation_name,
        time=event.time,
        job_id=body.job_id,
        task_id=body.id if body.job_id else None,
        pool_id=event.pool_id,
        node_id=event.node_id,
        retry_count=execution.retry_count if execution else None,
        requeue_count=execution.requeue_count if execution else None,
        system_task_version=body.system_task_version,
        exit_code=execution.exit_code if execution else None,
        result=execution.result if execution else body.result_code,
        code=(failure.code or None) if failure else None,
        message=(failure.message or None) if failure else body.result_message,
        properties=event.body,
    )


def unfinished_item(attempt: Unfinished) -> UnfinishedItem:
    """One attempt as an item."""
    return UnfinishedItem(
        job_id=attempt.job_id,
        task_id=attempt.task_id,
        pool_id=attempt.pool_id,
        node_id=attempt.node_id,
        start_time=attempt.start_time,
        duration_seconds=attempt.duration_seconds,
        retry_count=attempt.retry_count,
        requeue_count=attempt.requeue_count,
        system_task_version=attempt.system_task_version,
        overtaken=attempt.overtaken,
        next_start_time=attempt.next_start_time,
    )


def bucket_item(bucket: Bucket) -> BucketItem:
    """One stretch of time as an item."""
    return BucketItem(
        start_time=bucket.start,
        end_time=bucket.end,
        failures=bucket.failures,
        resizes=bucket.resizes,
        failed_resizes=bucket.failed_resizes,
        autoscale_errors=bucket.autoscale_errors,
        schedule_failures=bucket.schedule_failures,
        special_task_failures=bucket.special_task_failures,
    )
