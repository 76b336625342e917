"""A job, its counts of tasks, and its preparation and release on each node."""

from __future__ import annotations

from datetime import datetime

from batchdoctor.core.records.base import NameValue, Record
from batchdoctor.core.records.task import FailureInformation


class TaskCounts(Record, frozen=True):
    """Tasks of a job by state; the service calls these figures approximate."""

    active: int = 0
    running: int = 0
    completed: int = 0
    succeeded: int = 0
    failed: int = 0


class TaskCountsResult(Record, frozen=True):
    """Answer of `GET jobs/{id}/taskcounts`."""

    task_counts: TaskCounts


class JobSchedulingError(Record, frozen=True):
    """Why a job could not start."""

    category: str | None = None
    code: str | None = None
    message: str | None = None
    details: list[NameValue] | None = None


class JobExecution(Record, frozen=True):
    """How a job went."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    pool_id: str | None = None
    scheduling_error: JobSchedulingError | None = None
    terminate_reason: str | None = None


class JobConstraints(Record, frozen=True):
    """Limits of a job."""

    max_wall_clock_time: str | None = None
    max_task_retry_count: int | None = None


class JobPoolReference(Record, frozen=True):
    """The pool that a job runs on; empty for a job with a pool of its own."""

    pool_id: str | None = None


class JobPreparationTask(Record, frozen=True):
    """What a node runs before the first task of a job."""

    id: str | None = None
    command_line: str | None = None
    wait_for_success: bool | None = None


class JobManagerTask(Record, frozen=True):
    """The task that makes a job's other tasks; its end ends the job unless told otherwise."""

    id: str | None = None
    kill_job_on_completion: bool | None = None


class Job(Record, frozen=True):
    """A job."""

    id: str
    state: str | None = None
    state_transition_time: datetime | None = None
    creation_time: datetime | None = None
    priority: int | None = None
    max_parallel_tasks: int | None = None
    uses_task_dependencies: bool | None = None
    constraints: JobConstraints | None = None
    pool_info: JobPoolReference | None = None
    execution_info: JobExecution | None = None
    job_preparation_task: JobPreparationTask | None = None
    on_all_tasks_complete: str | None = None
    on_task_failure: str | None = None
    job_manager_task: JobManagerTask | None = None


class PreparationTaskExecution(Record, frozen=True):
    """How a job's preparation or release task went on one node."""

    state: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    task_root_directory: str | None = None


class PreparationStatus(Record, frozen=True):
    """Preparation and release of a job on one node."""

    pool_id: str | None = None
    node_id: str | None = None
    job_preparation_task_execution_info: PreparationTaskExecution | None = None
    job_release_task_execution_info: PreparationTaskExecution | None = None


def pool_of(job: Job) -> str | None:
    """The pool that a job runs on; a job with a pool of its own names it once it has begun."""
    begun = job.execution_info.pool_id if job.execution_info else None
    return begun or (job.pool_info.pool_id if job.pool_info else None)
