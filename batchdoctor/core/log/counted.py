"""Cuts a whole event down to the fields that are counted, and those to the size that is."""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from batchdoctor.core.log.event import (
    LARGEST,
    LARGEST_VERSION,
    LONGEST,
    TASK_REQUEUE,
    CountedBody,
    CountedExecution,
    CountedFailure,
    CountedNode,
    Event,
    LogRecord,
    Moment,
)
from batchdoctor.core.records import FailureInformation, NodeReference, TaskExecution


def counted(event: Event) -> LogRecord:
    """The record that a quick reading would have found; its time may be None all the same."""
    body = event.properties
    return LogRecord(
        operation_name=_text(event.operation_name) or "",
        time=cast("Moment", event.time),
        properties=CountedBody(
            job_id=_text(body.job_id) or "",
            id=_text(body.id) or "",
            pool_id=_text(body.pool_id),
            system_task_version=_version(body.system_task_version or 0),
            node_info=_node(body.node_info),
            execution_info=_execution(body.execution_info),
        ),
    )


def tells_error(execution: CountedExecution | None) -> bool:
    """Whether an attempt tells of an error by its code."""
    error = execution.scheduling_error if execution else None
    return error is not None and bool((error.code or "").strip())


def without_error(record: LogRecord) -> LogRecord:
    """The record; of an attempt that was put back without its error, told beside the counts."""
    execution = record.properties.execution_info
    if record.operation_name != TASK_REQUEUE or execution is None or not tells_error(execution):
        return record
    counted_only = replace(execution, scheduling_error=None)
    return replace(record, properties=replace(record.properties, execution_info=counted_only))


def _node(node: NodeReference | None) -> CountedNode | None:
    return CountedNode(pool_id=_text(node.pool_id), node_id=_text(node.node_id)) if node else None


def _execution(execution: TaskExecution | None) -> CountedExecution | None:
    if execution is None:
        return None
    error, result = execution.scheduling_error, _text(execution.result)
    if error and not ((result or "").strip() or error.category or error.code):
        # A failure of nothing but a message is one; the message itself is not counted.
        result = "Failure"
    return CountedExecution(
        exit_code=_whole(execution.exit_code),
        result=result,
        scheduling_error=_failure(error),
        retry_count=_whole(execution.retry_count),
        requeue_count=_whole(execution.requeue_count),
    )


def _failure(error: FailureInformation | None) -> CountedFailure | None:
    return CountedFailure(category=_text(error.category), code=_text(error.code)) if error else None


def _text(text: str | None) -> str | None:
    """A text; of one that is too long the beginning, and what tells it from others."""
    if text is None or len(text) <= LONGEST:
        return text
    # No log that the service wrote comes here, and it loads a library.
    from hashlib import blake2b

    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{text[: LONGEST - len(digest) - 1]}…{digest}"


def _whole(number: int | None) -> int | None:
    return number if number is None or -LARGEST <= number <= LARGEST else number % LARGEST


def _version(version: int) -> int:
    return version if 0 <= version <= LARGEST_VERSION else version % LARGEST_VERSION
