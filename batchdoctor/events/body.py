"""`properties` of an event, of any age and spelling, becomes one typed body."""

from __future__ import annotations

from typing import Any

from batchdoctor.core.log.event import EventBody
from batchdoctor.core.records import (
    AutoScaleError,
    FailureInformation,
    NameValue,
    NodeReference,
    TaskConstraints,
    TaskExecution,
)
from batchdoctor.events.fields import Object, first, flag, inner, moment, text, whole


def body_of(source: Object) -> EventBody:
    """Read what is there; whatever is missing or of a wrong type is None. Never raises."""
    job_id = text(source.get("jobId"))
    about_pool = {} if job_id else _about_pool(source)
    return EventBody(
        job_id=job_id,
        id=text(first(source, "id", "taskName")),
        pool_id=text(source.get("poolId")),
        task_type=text(source.get("taskType")),
        system_task_version=whole(source.get("systemTaskVersion")),
        required_slots=whole(source.get("requiredSlots")),
        node_info=_node(source.get("nodeInfo")),
        constraints=_constraints(source.get("constraints")),
        execution_info=_execution(source.get("executionInfo")),
        scheduling_error=_failure(source.get("schedulingError")),
        **about_pool,
    )


def _about_pool(source: Object) -> dict[str, Any]:
    """The fields that events of tasks, which are most of a log, do not have."""
    return {
        "vm_size": text(source.get("vmSize")),
        "node_deallocation_option": text(source.get("nodeDeallocationOption")),
        "current_dedicated_nodes": whole(
            first(source, "currentDedicatedNodes", "currentDedicated")
        ),
        "target_dedicated_nodes": whole(
            first(source, "targetDedicatedNodes", "targetDedicatedComputeNodes", "targetDedicated")
        ),
        "current_low_priority_nodes": whole(source.get("currentLowPriorityNodes")),
        "target_low_priority_nodes": whole(
            first(source, "targetLowPriorityNodes", "targetLowPriorityComputeNodes")
        ),
        "enable_auto_scale": flag(first(source, "enableAutoScale", "enableAutoscale")),
        "is_auto_pool": flag(source.get("isAutoPool")),
        "start_time": moment(source.get("startTime")),
        "end_time": moment(source.get("endTime")),
        "result_code": text(source.get("resultCode")),
        "result_message": text(source.get("resultMessage")),
        "formula": text(source.get("formula")),
        "results": text(source.get("results")),
        "error": _autoscale_error(source.get("error")),
    }


def _node(value: Any) -> NodeReference | None:
    if not isinstance(value, dict):
        return None
    return NodeReference(pool_id=_named(value.get("poolId")), node_id=_named(value.get("nodeId")))


def _named(value: Any) -> str | None:
    """An id; the service writes a blank for none."""
    return (text(value) or "").strip() or None


def _constraints(value: Any) -> TaskConstraints | None:
    if not isinstance(value, dict):
        return None
    return TaskConstraints(
        max_task_retry_count=whole(value.get("maxTaskRetryCount")),
        max_wall_clock_time=text(value.get("maxWallClockTime")),
    )


def _execution(value: Any) -> TaskExecution | None:
    if not isinstance(value, dict):
        return None
    return TaskExecution(
        start_time=moment(value.get("startTime")),
        end_time=moment(value.get("endTime")),
        exit_code=whole(value.get("exitCode")),
        result=text(value.get("result")) or None,
        scheduling_error=_failure(first(value, "schedulingError", "failureInfo")),
        retry_count=whole(value.get("retryCount")),
        requeue_count=whole(value.get("requeueCount")),
    )


def _failure(value: Any) -> FailureInformation | None:
    """A failure; None for one of empty texts only, as events of tasks that succeeded carry it."""
    if not isinstance(value, dict):
        return None
    category, code, message = (
        text(value.get(name)) or None for name in ("category", "code", "message")
    )
    if not (category or code or message):
        return None
    return FailureInformation(
        category=category, code=code, message=message, details=_pairs(value.get("details"))
    )


def _autoscale_error(value: Any) -> AutoScaleError | None:
    code, message = text(inner(value).get("code")), text(inner(value).get("message"))
    if not (code or message):
        return None
    return AutoScaleError(code=code, message=message, values=_pairs(inner(value).get("values")))


def _pairs(value: Any) -> list[NameValue] | None:
    if not isinstance(value, list):
        return None
    return [
        NameValue(name=text(pair.get("name")), value=text(pair.get("value")))
        for pair in value
        if isinstance(pair, dict)
    ]
