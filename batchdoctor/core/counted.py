"""Cuts a whole event down to the fields that are counted."""

from __future__ import annotations

from typing import cast

from batchdoctor.core.event import (
    LARGEST,
    CountedBody,
    CountedExecution,
    CountedFailure,
    CountedNode,
    Event,
    LogRecord,
    Moment,
)
from batchdoctor.core.records import NodeReference, TaskExecution


def counted(event: Event) -> LogRecord:
    """The record that a quick reading would have found; its time may be None all the same."""
    body = event.properties
    return LogRecord(
        operation_name=event.operation_name,
        time=cast("Moment", event.time),
        properties=CountedBody(
            job_id=body.job_id or "",
            id=body.id or "",
            pool_id=body.pool_id,
            system_task_version=_version(body.system_task_version or 0),
            node_info=_node(body.node_info),
            execution_info=_execution(body.execution_info),
        ),
    )


def _node(node: NodeReference | None) -> CountedNode | None:
    return CountedNode(pool_id=node.pool_id, node_id=node.node_id) if node else None


def _execution(execution: TaskExecution | None) -> CountedExecution | None:
    if execution is None:
        return None
    error = execution.scheduling_error
    return CountedExecution(
        exit_code=execution.exit_code,
        result=execution.result,
        scheduling_error=CountedFailure(category=error.category, code=error.code)
        if error
        else None,
        retry_count=execution.retry_count,
        requeue_count=execution.requeue_count,
    )


def _version(version: int) -> int:
    """64 bits of a version; the service's own never has more than 32."""
    return version if -LARGEST <= version <= LARGEST else version % LARGEST
