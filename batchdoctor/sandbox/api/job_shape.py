"""How a job, its counts and its preparation tasks are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from batchdoctor.sandbox.account.model import Job, Preparation
from batchdoctor.sandbox.api.filterable import preparation_result
from batchdoctor.sandbox.api.task_shape import failure
from batchdoctor.sandbox.clock import entity_tag, wire_time
from batchdoctor.sandbox.protocol.select import member_names

JOB_MEMBERS = member_names(
    """id displayName usesTaskDependencies url eTag lastModified creationTime state
    stateTransitionTime previousState previousStateTransitionTime priority allowTaskPreemption
    maxParallelTasks constraints jobManagerTask jobPreparationTask jobReleaseTask
    commonEnvironmentSettings poolInfo onAllTasksComplete onTaskFailure networkConfiguration
    metadata executionInfo stats"""
)
PREPARATION_MEMBERS = member_names(
    "poolId nodeId nodeUrl jobPreparationTaskExecutionInfo jobReleaseTaskExecutionInfo"
)


@dataclass(frozen=True, slots=True)
class PreparationItem:
    """One item of the preparation listing, with what a filter may look at."""

    seq: int
    pool_id: str
    run: Preparation


def write_job(job: Job, url: str) -> dict[str, Any]:
    """Return a job as the service writes it."""
    document: dict[str, Any] = {
        "id": job.id,
        "url": f"{url}/jobs/{job.id}",
        "eTag": entity_tag(job.modified),
        "lastModified": wire_time(job.modified),
        "creationTime": wire_time(job.created),
        "state": job.state,
        "stateTransitionTime": wire_time(job.since),
    }
    if job.previous and job.previous_since is not None:
        document["previousState"] = job.previous
        document["previousStateTransitionTime"] = wire_time(job.previous_since)
    return document | job.shape | {"executionInfo": _execution(job)}


def _execution(job: Job) -> dict[str, Any]:
    times = {"startTime": job.started, "endTime": job.ended}
    document: dict[str, Any] = {k: wire_time(v) for k, v in times.items() if v is not None}
    if "poolId" in job.shape["poolInfo"] or job.scheduling_error is None:
        document["poolId"] = job.pool_id
    if job.scheduling_error:
        document["schedulingError"] = job.scheduling_error
    if job.terminate_reason:
        document["terminateReason"] = job.terminate_reason
    return document


def write_task_counts(job: Job) -> dict[str, Any]:
    """Return a job's tasks, and the slots they take, by state; preparing counts as running."""
    tasks = dict.fromkeys(("active", "running", "completed", "succeeded", "failed"), 0)
    slots = dict(tasks)
    for task in job.tasks:
        state = "running" if task.state == "preparing" else task.state
        names = [state]
        if task.result:
            names.append("failed" if task.result == "failure" else "succeeded")
        for name in names:
            tasks[name] += 1
            slots[name] += task.kind.slots
    return {"taskCounts": tasks, "taskSlotCounts": slots}


def write_preparation(item: PreparationItem, job: Job, url: str) -> dict[str, Any]:
    """Return how a job's preparation task went on one node."""
    run = item.run
    node_url = f"{url}/pools/{item.pool_id}/nodes/{run.node_id}"
    root = f"workitems/{job.id}/job-1/jobpreparation"
    execution: dict[str, Any] = {"startTime": wire_time(run.started), "state": run.state}
    if run.ended is not None:
        execution["endTime"] = wire_time(run.ended)
    execution["taskRootDirectory"] = root
    execution["taskRootDirectoryUrl"] = f"{node_url}/files/{root}"
    if run.exit_code is not None:
        execution["exitCode"] = run.exit_code
    if run.recipe:
        execution["failureInfo"] = failure(
            run.recipe, job=job.id, pool=item.pool_id, node=run.node_id
        )
    result = preparation_result(run)
    if result:
        execution["result"] = result
    return {
        "poolId": item.pool_id,
        "nodeId": run.node_id,
        "nodeUrl": node_url,
        "jobPreparationTaskExecutionInfo": execution | {"retryCount": run.retries},
    }
