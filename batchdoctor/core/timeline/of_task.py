"""What a task tells of its last run: that it failed, was tried again, or was put back in line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.records import Task
from batchdoctor.core.timeline.happening import Happening, HappeningKind, Source


def failure_label(code: str | None, exit_code: int | None) -> str:
    """In what way a task failed, in two or three words."""
    return f"exit code {exit_code}" if exit_code else code or "unknown"


def failed(failure: Failure, source: Source = Source.LIVE) -> Happening | None:
    """The end of a run that failed; None where its time is not known."""
    if failure.end_time is None:
        return None
    label = failure_label(failure.code, failure.exit_code)
    return Happening(
        time=failure.end_time,
        kind=HappeningKind.TASK_FAILED,
        what=f"failed: {label}",
        pool_id=failure.pool_id,
        job_id=failure.job_id,
        task_id=failure.task_id,
        node_id=failure.node_id,
        source=source,
        attempt=(failure.retry_count or 0, failure.requeue_count or 0),
        label=label,
    )


def repeated(task: Task) -> Iterator[Happening]:
    """The last time that a task was tried again, and that it was put back in line."""
    execution = task.execution_info
    if execution is None:
        return
    retries, requeues = execution.retry_count or 0, execution.requeue_count or 0
    if retries and execution.last_retry_time:
        yield retried(task, execution.last_retry_time, (retries, requeues))
    if requeues and execution.last_requeue_time:
        yield requeued(task, execution.last_requeue_time, requeues)


def retried(
    task: Task, time: datetime, attempt: tuple[int, int], source: Source = Source.LIVE
) -> Happening:
    """A run after one that failed."""
    return _repeated(task, time, HappeningKind.TASK_RETRIED, f"retry {attempt[0]}", attempt, source)


def requeued(task: Task, time: datetime, times: int, source: Source = Source.LIVE) -> Happening:
    """A task that the service put back in line, since its node could not go on."""
    # Events name the requeue count of the run that ended or of the next: the time must do.
    what = f"put back in line, {times} so far" if times else "put back in line"
    return _repeated(task, time, HappeningKind.TASK_REQUEUED, what, (0, 0), source)


def _repeated(
    task: Task,
    time: datetime,
    kind: HappeningKind,
    what: str,
    attempt: tuple[int, int],
    source: Source,
) -> Happening:
    where = task.node_info
    return Happening(
        time=time,
        kind=kind,
        what=what,
        pool_id=((where.pool_id if where else None) or "").strip() or None,
        job_id=task.job_id,
        task_id=task.id,
        node_id=((where.node_id if where else None) or "").strip() or None,
        source=source,
        attempt=attempt,
    )
