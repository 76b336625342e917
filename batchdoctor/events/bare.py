"""Tells which event a bare body is, from the fields that it has.

Source: the pages of the single events below
https://learn.microsoft.com/azure/batch/monitor-batch-reference
"""

from __future__ import annotations

from batchdoctor.core.log import event as names
from batchdoctor.core.log.attempt import SUCCESS
from batchdoctor.core.log.outcome import outcome_of
from batchdoctor.events.fields import Object, inner, text, whole

# What only one kind of pool event has, the most telling first.
_POOL_SIGNS = (
    (("formula",), names.POOL_AUTOSCALE),
    (("vmSize", "vmFillType", "virtualMachineConfiguration"), names.POOL_CREATE),
    (("resultCode", "resultMessage"), names.POOL_RESIZE_COMPLETE),
    (("nodeDeallocationOption",), names.POOL_RESIZE_START),
)


def name_of(body: Object) -> str | None:
    """The operation name of a bare body; None if it is no event that we know.

    A complete event of an attempt that failed has the same fields as its fail event, and is taken
    for that.
    """
    if "taskName" in body and "nodeInfo" in body:
        return names.SPECIAL_TASK
    if "jobId" in body and "id" in body:
        return _task_event(body)
    if "jobId" in body or not ("id" in body or "poolId" in body):
        return None
    return _pool_event(body)


def _task_event(body: Object) -> str:
    execution = inner(body.get("executionInfo"))
    if not execution and isinstance(body.get("schedulingError"), dict):
        return names.TASK_SCHEDULE_FAIL
    error = inner(execution.get("schedulingError"))
    telling = (
        whole(execution.get("exitCode")),
        text(execution.get("result")),
        text(error.get("category")),
        text(error.get("code")),
    )
    ended = bool(execution.get("endTime"))
    if not ended and not any(value is not None and value != "" for value in telling):
        return names.TASK_START
    if not ended and execution.get("startTime") is None and telling[0] is None:
        return names.TASK_REQUEUE
    failed = outcome_of(telling, failed=False) is not SUCCESS
    return names.TASK_FAIL if failed else names.TASK_COMPLETE


def _pool_event(body: Object) -> str | None:
    for signs, name in _POOL_SIGNS:
        if any(sign in body for sign in signs):
            return name
    if "startTime" in body and "endTime" in body:
        return names.POOL_DELETE_COMPLETE
    return names.POOL_DELETE_START if len(body) == 1 else None
