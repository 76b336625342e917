"""What can happen to a job: disabled, enabled, terminated."""

from __future__ import annotations

from batchdoctor.sandbox.account import task_life
from batchdoctor.sandbox.account.model import Job, Task
from batchdoctor.sandbox.account.scheduling import exit_options, is_through
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import seconds
from batchdoctor.sandbox.protocol.refusals import ServiceError

DISABLE_TASKS = ("requeue", "terminate", "wait")
_POLL = seconds(5)


def _move(job: Job, state: str, moment: int) -> None:
    job.previous, job.previous_since = job.state, job.since
    job.state, job.since, job.modified = state, moment, moment


def _running(job: Job) -> list[Task]:
    return [task for task in job.tasks if task.state == "running"]


def disable(store: Store, job: Job, option: str) -> None:
    """Run no tasks of a job; its running ones are requeued, terminated or waited for."""
    task_life.refuse_closed_job(job)
    _move(job, "disabling", store.now)
    for task in _running(job) if option != "wait" else []:
        if option == "terminate":
            task_life.terminate(store, task, store.now)
        else:
            task_life.requeue(store, task, store.now)

    def look(moment: int) -> None:
        if job.state != "disabling":
            return
        if _running(job):
            store.at(moment + _POLL, look)
        else:
            _move(job, "disabled", moment)

    look(store.now)


def enable(store: Store, job: Job) -> None:
    """Run a disabled job's tasks again."""
    task_life.refuse_closed_job(job)
    if job.state not in {"disabled", "disabling"}:
        raise ServiceError("OperationInvalidForCurrentState")
    _move(job, "active", store.now)


def terminate(store: Store, job: Job, reason: str) -> None:
    """End a job and all its tasks that have not ended."""
    task_life.refuse_closed_job(job)
    job.terminate_reason = reason
    _move(job, "terminating", store.now)
    for task in job.tasks:
        if task.state != "completed":
            task_life.terminate(store, task, store.now)

    def end(moment: int) -> None:
        job.ended = moment
        _move(job, "completed", moment)

    store.after(store.timings.terminate, end)


def end_when_through(store: Store, job: Job) -> None:
    """End a job that is to end with its tasks, once all of them have."""
    asked = str(job.shape.get("onAllTasksComplete")).lower() == "terminatejob"
    if asked and job.state == "active" and is_through(job):
        terminate(store, job, "AllTasksComplete")


def after_task(store: Store, task: Task) -> None:
    """Do what a job and its task want done now that the task has ended."""
    job = task.job
    asked = str(job.shape.get("onTaskFailure")).lower() == "performexitoptionsjobaction"
    action = str(exit_options(task).get("jobAction", "none")).lower() if asked else "none"
    if job.state == "active" and action == "terminate":
        terminate(store, job, "TaskFailed")
    elif job.state == "active" and action == "disable":
        disable(store, job, "requeue")
    end_when_through(store, job)
