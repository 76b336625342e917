"""Recognises answers of the service, as it or az writes them, that are given where a log belongs.

Source: https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from batchdoctor.core.text.command_line import command_line
from batchdoctor.events.fields import Object, inner, text

# What no body of an event has.
_MARKS = (
    "url",
    "state",
    "eTag",
    "odata.metadata",
    "odata.nextLink",
    "allocationState",
    "schedulingState",
    "creationTime",
    "stateTransitionTime",
    "lastModified",
    "provisioningState",
    "nodeUrl",
    "taskCounts",
)
_OF_POOLS = (
    "allocationState",
    "vmSize",
    "targetDedicatedNodes",
    "autoScaleFormula",
    "resizeErrors",
)
_OF_NODES = ("schedulingState", "ipAddress", "affinityId", "totalTasksRun", "lastBootTime")
_OF_TASKS = ("commandLine", "exitConditions", "nodeInfo", "multiInstanceSettings", "previousState")
_OF_JOBS = ("poolInfo", "onAllTasksComplete", "jobManagerTask", "usesTaskDependencies")
_OWNER = re.compile(r"/(jobs|pools)/([^/?]+)/(?:tasks|nodes)/", re.IGNORECASE)


class SavedAnswer(msgspec.Struct, frozen=True):
    """What a record is, and the command that asks the service the same; empty if there is none."""

    what: str
    command: str
    readable: bool = False
    """Whether `--from` reads it: only the url of a record says whose it is."""

    @property
    def hint(self) -> str:
        """What to type instead."""
        offline = "; --from and this file answer from what was saved" if self.readable else ""
        return f"ask the service: {self.command}{offline}"


_ERROR = SavedAnswer("an error", "batchdoctor explain - < FILE")
_RECORD = SavedAnswer("a record", "batchdoctor triage")


def saved_answer(value: Object) -> SavedAnswer | None:
    """What kind of record of the service an object is; None if it may be something else."""
    found = _kind(value)
    return found and msgspec.structs.replace(found, readable=bool(value.get("url")))


def _kind(value: Object) -> SavedAnswer | None:
    if not any(mark in value for mark in _MARKS) and not _is_failure(value):
        return None
    name, owner = text(value.get("id")), _owner(value)
    if _has(value, _OF_NODES):
        pool = owner or "POOL"
        return SavedAnswer("a node", command_line("node", "show", name or "NODE", pool=pool))
    if _has(value, _OF_POOLS):
        return SavedAnswer("a pool", command_line("pool", "diagnose", pool=name or "POOL"))
    if _has(value, _OF_JOBS) or "poolId" in inner(value.get("executionInfo")):
        return SavedAnswer("a job", command_line("job", "diagnose", job=name or "JOB"))
    if _has(value, _OF_TASKS) or "executionInfo" in value:
        job, task = owner or text(value.get("jobId")) or "JOB", name or "TASK"
        one = command_line("task", "show", job=job, task=task)
        return SavedAnswer("a task", f"{command_line('tasks', 'failed', job=job)}, or: {one}")
    error = "code" in value and "message" in value
    return _ERROR if error else _RECORD


def _has(value: Object, fields: Sequence[str]) -> bool:
    return any(field in value for field in fields)


def _is_failure(value: Object) -> bool:
    """Whether it is an error as the service answers with it."""
    return isinstance(value.get("code"), str) and "message" in value and "id" not in value


def _owner(value: Object) -> str | None:
    """The job of a task, or the pool of a node, out of its URL."""
    found = _OWNER.search(text(value.get("url")) or "")
    return found[2] if found else None
