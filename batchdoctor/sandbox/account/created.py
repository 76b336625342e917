"""Jobs and tasks that somebody creates: what the service adds to what was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from batchdoctor.sandbox.account import job_life, task_life
from batchdoctor.sandbox.account.model import Job, Task, TaskKind
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import parse_iso_duration
from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_property

_NO_LIMIT = "P10675199DT2H48M5.4775807S"
_WEEK = "P7D"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Longer spans mean that there is no limit.
_LONGEST = parse_iso_duration("P3650D")
_JOB_DEFAULTS: dict[str, Any] = {
    "priority": 0,
    "maxParallelTasks": -1,
    "usesTaskDependencies": False,
    "allowTaskPreemption": False,
    "onAllTasksComplete": "noaction",
    "onTaskFailure": "noaction",
}
_USER = {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}}


def create_job(store: Store, sent: Mapping[str, Any]) -> Job:
    """Put a new job into the account; its pool need not be there yet. Refuses with JobExists."""
    job_id = _checked_id(sent["id"])
    if store.has_job(job_id):
        raise ServiceError("JobExists")
    pool_id = sent["poolInfo"].get("poolId")
    if not isinstance(pool_id, str):
        raise bad_property("poolInfo", "", "The sandbox makes no pools; name one by poolId.")
    constraints = {"maxWallClockTime": _NO_LIMIT, "maxTaskRetryCount": 0}
    constraints |= sent.get("constraints") or {}
    shape = {**_JOB_DEFAULTS, **sent, "constraints": constraints}
    del shape["id"]
    now = store.now
    job = Job(
        seq=store.next_seq(),
        id=job_id,
        pool_id=pool_id,
        shape=shape,
        created=now,
        modified=now,
        state="active",
        since=now,
        started=now,
    )
    store.add_job(job)
    job_life.end_when_through(store, job)
    return job


def change_job(store: Store, job: Job, sent: Mapping[str, Any]) -> None:
    """Change some properties of a job."""
    task_life.refuse_closed_job(job)
    job.shape |= {name: value for name, value in sent.items() if value is not None}
    job.modified = store.now
    job_life.end_when_through(store, job)


def create_task(store: Store, job: Job, sent: Mapping[str, Any]) -> Task:
    """Put a new task into a job. Refuses with TaskExists, or the state of a job at its end."""
    task_life.refuse_closed_job(job)
    task_id = _checked_id(sent["id"])
    if task_id.lower() in job.by_id:
        raise ServiceError("TaskExists")
    if sent.get("dependsOn") and not job.shape["usesTaskDependencies"]:
        raise bad_property("dependsOn", "", "The job does not use task dependencies.")
    kind = _kind(store, job, sent)
    now = store.now
    task = Task(
        seq=store.next_seq(),
        id=task_id,
        number=len(job.tasks) + 1,
        job=job,
        kind=kind,
        created=now,
        modified=now,
        state="active",
        since=now,
    )
    job.tasks.append(task)
    job.by_id[task_id.lower()] = task
    store.queue.append(task)
    return task


def _kind(store: Store, job: Job, sent: Mapping[str, Any]) -> TaskKind:
    usual = {
        "maxWallClockTime": _NO_LIMIT,
        "retentionTime": _WEEK,
        "maxTaskRetryCount": job.shape["constraints"]["maxTaskRetryCount"],
    }
    constraints = usual | (sent.get("constraints") or {})
    members = {"userIdentity": _USER, **sent, "constraints": constraints}
    for name in ("id", "commandLine", "requiredSlots"):
        members.pop(name, None)
    pool = next((p for p in store.pools if p.id.lower() == job.pool_id.lower()), None)
    wall_clock = _span(constraints, "maxWallClockTime")
    return TaskKind(
        command=sent["commandLine"],
        members={name: json.dumps(value) for name, value in members.items()},
        retention=_span(constraints, "retentionTime"),
        wall_clock=wall_clock if wall_clock < _LONGEST else None,
        windows=pool is not None and pool.windows,
        slots=int(sent.get("requiredSlots") or 1),
        stdout="",
        stderr="",
        files={},
        max_retries=int(constraints["maxTaskRetryCount"]),
        sent=True,
    )


def _span(constraints: Mapping[str, Any], name: str) -> int:
    try:
        return parse_iso_duration(str(constraints[name]))
    except ValueError:
        raise bad_property(name, constraints[name], "It is no duration of ISO 8601.") from None


def _checked_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise bad_property(
            "id", text, "An id has up to 64 letters, digits, hyphens and underscores."
        )
    return text
