"""The diagnostic log that an account would have kept: its tasks told again as service-log events.

One line a record, in the order of time, as a storage account keeps them
(https://learn.microsoft.com/azure/batch/batch-diagnostics). Only the last attempt of a task is
told: the account knows no more of the ones before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from batchdoctor.sandbox.account.model import Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.api.task_shape import failure, words_of
from batchdoctor.sandbox.clock import wire_time

_RESOURCE = (
    "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/SANDBOX/PROVIDERS/"
    "MICROSOFT.BATCH/BATCHACCOUNTS/SANDBOX/"
)
# What a task that succeeded has in place of an error.
_NO_ERROR = {"category": "", "code": "", "message": "", "details": []}


def log_lines(store: Store, *, old_starts: bool = False) -> Iterator[str]:
    """Yield the records of every task that has started or ended, each as one line of JSON.

    Old starts name no requeue count, as all of them until 2026.
    """
    moments = [
        (moment, place, task, name)
        for place, task in enumerate(store.tasks())
        for moment, name in _events(task)
    ]
    for moment, _, task, name in sorted(moments, key=lambda event: event[:2]):
        yield _record(task, name, moment, old_starts=old_starts)


def _events(task: Task) -> Iterator[tuple[int, str]]:
    if task.started is not None:
        yield task.started, "TaskStartEvent"
    if task.ended is not None:
        yield task.ended, "TaskCompleteEvent"
        if task.result == "failure":
            yield task.ended, "TaskFailEvent"


def _record(task: Task, name: str, moment: int, *, old_starts: bool) -> str:
    body: dict[str, Any] = {
        "jobId": task.job.id,
        "id": task.id,
        "taskType": "User",
        "systemTaskVersion": task.seq,
        "requiredSlots": task.kind.slots,
        "nodeInfo": {"poolId": task.pool_id or "", "nodeId": task.node_id or " "},
        "multiInstanceSettings": {"numberOfInstances": max(task.kind.instances, 1)},
        "constraints": _constraints(task),
        "executionInfo": {"retryCount": task.retries, "requeueCount": task.requeues},
    }
    if name != "TaskStartEvent":
        body["executionInfo"] |= _ending(task)
    elif old_starts:
        del body["executionInfo"]["requeueCount"]
    envelope = {
        "time": wire_time(moment),
        "resourceId": _RESOURCE,
        "category": "ServiceLog",
        "operationName": name,
        "operationVersion": "2017-06-01",
        "properties": body,
    }
    return json.dumps(envelope, separators=(",", ":"))


def _constraints(task: Task) -> dict[str, Any]:
    text = task.kind.members.get("constraints")
    limit = json.loads(text).get("maxTaskRetryCount") if text else None
    return {"maxTaskRetryCount": limit or 0}


def _ending(task: Task) -> dict[str, Any]:
    error = failure(task.recipe, **words_of(task)) if task.recipe else _NO_ERROR
    return {
        "startTime": wire_time(task.started) if task.started is not None else None,
        "endTime": wire_time(task.ended) if task.ended is not None else None,
        "exitCode": task.exit_code,
        "result": (task.result or "").capitalize(),
        "schedulingError": {"details": [], **error},
    }
