"""What an event of a diagnostic log tells that belongs on a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.log.event import (
    POOL_AUTOSCALE,
    POOL_CREATE,
    POOL_DELETE_COMPLETE,
    POOL_DELETE_START,
    POOL_RESIZE_COMPLETE,
    POOL_RESIZE_START,
    SPECIAL_TASK,
    TASK_COMPLETE,
    TASK_REQUEUE,
    TASK_SCHEDULE_FAIL,
    TASK_START,
    Event,
    EventBody,
    LogRecord,
)
from batchdoctor.core.log.failed_task import failed_task_of, may_tell_failure
from batchdoctor.core.log.trouble import trouble_of
from batchdoctor.core.records import Task, same
from batchdoctor.core.timeline.happening import Happening, HappeningKind, Source
from batchdoctor.core.timeline.of_pool import autoscale_result
from batchdoctor.core.timeline.of_task import failed, requeued, retried

_SPECIAL = {
    TASK_SCHEDULE_FAIL: HappeningKind.SCHEDULE_FAILED,
    SPECIAL_TASK: HappeningKind.SPECIAL_TASK_FAILED,
}
_POOL = {
    POOL_CREATE: (HappeningKind.POOL_CREATED, "created"),
    POOL_DELETE_START: (HappeningKind.POOL_DELETED, "begins to be deleted"),
    POOL_DELETE_COMPLETE: (HappeningKind.POOL_DELETED, "deleted"),
}


def may_have_happened(record: LogRecord) -> bool:
    """Whether the event that a record was cut from may belong on a timeline; true in doubt."""
    name, execution = record.operation_name, record.properties.execution_info
    if name == TASK_START:
        return execution is not None and bool(execution.retry_count)
    return name != TASK_COMPLETE or may_tell_failure(record)


def of_event(event: Event) -> Iterator[Happening]:
    """What happened by an event; nothing for what went its usual way, or at no known time."""
    task = failed_task_of(event)
    if task is not None and (found := failed(failure_of(task), Source.LOG)) is not None:
        yield found
    elif event.time is not None:
        yield from _at(event, event.time)


def _at(event: Event, time: datetime) -> Iterator[Happening]:
    name, body = event.operation_name, event.properties
    if name in {TASK_START, TASK_REQUEUE}:
        yield from _repeated(event, time)
    elif name in _SPECIAL:
        yield from _special(event, time)
    elif name in _POOL:
        yield _of_pool(event, time, *_POOL[name])
    elif name == POOL_RESIZE_START:
        yield _of_pool(event, time, HappeningKind.RESIZE_STARTED, f"resize begins{_sizes(body)}")
    elif name == POOL_RESIZE_COMPLETE:
        yield _resized(event, time)
    elif name == POOL_AUTOSCALE:
        yield _evaluated(event, time)


def _repeated(event: Event, time: datetime) -> Iterator[Happening]:
    body = event.properties
    execution = body.execution_info
    retries = (execution.retry_count if execution else None) or 0
    requeues = (execution.requeue_count if execution else None) or 0
    task = Task(id=body.id or "", job_id=body.job_id or "", node_info=body.node_info)
    if event.operation_name == TASK_REQUEUE:
        yield requeued(task, time, requeues, Source.LOG)
    elif retries:
        yield retried(task, time, (retries, requeues), Source.LOG)


def _special(event: Event, time: datetime) -> Iterator[Happening]:
    body, found = event.properties, trouble_of(event)
    if found is None:
        return
    name, _ = found
    kind = _SPECIAL[event.operation_name]
    was = "could not be scheduled" if kind is HappeningKind.SCHEDULE_FAILED else "failed"
    yield Happening(
        time=time,
        kind=kind,
        what=f"{was}: {name.code or 'unknown'}",
        pool_id=(event.pool_id or "").strip() or None,
        job_id=body.job_id,
        task_id=body.id,
        node_id=(event.node_id or "").strip() or None,
        source=Source.LOG,
        label=name.code or "unknown",
    )


def _resized(event: Event, time: datetime) -> Happening:
    body = event.properties
    code = body.result_code or ""
    if code and not same(code, "success"):
        what = f"not resized: {code}{_sizes(body)}"
        return _of_pool(event, time, HappeningKind.RESIZE_FAILED, what)
    return _of_pool(event, time, HappeningKind.RESIZE_ENDED, f"resized{_sizes(body)}")


def _evaluated(event: Event, time: datetime) -> Happening:
    body = event.properties
    if body.error is not None:
        what = f"autoscale formula fails: {body.error.code or 'unknown'}"
        return _of_pool(event, time, HappeningKind.AUTOSCALE_ERROR, what)
    what = f"autoscale formula: {autoscale_result(body.results)}"
    return _of_pool(event, time, HappeningKind.AUTOSCALE_RUN, what)


def _sizes(body: EventBody) -> str:
    """From how many nodes to how many, where the event says so."""
    current, target = (
        [each for each in pair if each is not None]
        for pair in (
            (body.current_dedicated_nodes, body.current_low_priority_nodes),
            (body.target_dedicated_nodes, body.target_low_priority_nodes),
        )
    )
    return f" from {sum(current):,} to {sum(target):,} nodes" if current and target else ""


def _of_pool(event: Event, time: datetime, kind: HappeningKind, what: str) -> Happening:
    return Happening(
        time=time, kind=kind, what=what, pool_id=event.pool_id or None, source=Source.LOG
    )
