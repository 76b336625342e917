"""A task, its runs and why they failed."""

from __future__ import annotations

from datetime import datetime

from batchdoctor.core.records.base import NameValue, Record


class FailureInformation(Record, frozen=True):
    """Why a task failed: `failureInfo` of the service, `schedulingError` of the event logs.

    In the logs of a task that succeeded every string of it is empty instead of absent.
    """

    category: str | None = None
    code: str | None = None
    message: str | None = None
    details: list[NameValue] | None = None


class NodeReference(Record, frozen=True):
    """Where a task ran (`nodeInfo`)."""

    pool_id: str | None = None
    node_id: str | None = None
    task_root_directory: str | None = None


class TaskConstraints(Record, frozen=True):
    """Limits of a task; durations are ISO 8601, retry count -1 means without limit."""

    max_task_retry_count: int | None = None
    max_wall_clock_time: str | None = None
    retention_time: str | None = None


class ContainerInformation(Record, frozen=True):
    """The container a task ran in."""

    container_id: str | None = None
    state: str | None = None
    error: str | None = None


class TaskExecution(Record, frozen=True):
    """How the latest run of a task went (`executionInfo`)."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    scheduling_error: FailureInformation | None = None
    retry_count: int | None = None
    last_retry_time: datetime | None = None
    requeue_count: int | None = None
    last_requeue_time: datetime | None = None
    container_info: ContainerInformation | None = None


class TaskIdRange(Record, frozen=True):
    """A range of numeric task ids, both ends included."""

    start: int | None = None
    end: int | None = None


class TaskDependencies(Record, frozen=True):
    """Tasks that must succeed first."""

    task_ids: list[str] | None = None
    task_id_ranges: list[TaskIdRange] | None = None


class ExitOptions(Record, frozen=True):
    """What follows from one way for a task to end (`satisfy` or `block` its dependents)."""

    dependency_action: str | None = None


class ExitCodeOptions(Record, frozen=True):
    """What follows from one exit code."""

    code: int | None = None
    exit_options: ExitOptions | None = None


class ExitCodeRangeOptions(Record, frozen=True):
    """What follows from a range of exit codes, both ends included."""

    start: int | None = None
    end: int | None = None
    exit_options: ExitOptions | None = None


class ExitConditions(Record, frozen=True):
    """What follows from each way for a task to end; `default` holds for all that is not named."""

    exit_codes: list[ExitCodeOptions] | None = None
    exit_code_ranges: list[ExitCodeRangeOptions] | None = None
    pre_processing_error: ExitOptions | None = None
    file_upload_error: ExitOptions | None = None
    default: ExitOptions | None = None


class MultiInstanceSettings(Record, frozen=True):
    """What a task needs that runs on several nodes at once."""

    number_of_instances: int | None = None


class ContainerSettings(Record, frozen=True):
    """The container that a task is to run in."""

    image_name: str | None = None


class ApplicationPackage(Record, frozen=True):
    """An application package that comes with a pool or a task; no version is the default one."""

    application_id: str | None = None
    version: str | None = None


class ResourceFile(Record, frozen=True):
    """A file that a task wants on its node; `file_path` is where, below the task's directory."""

    file_path: str | None = None


class Task(Record, frozen=True):
    """A task, or one run of it as an event log tells of it.

    The service names the job in the URL only, so `job_id` is filled in by whoever asked.
    `system_task_version` is in the event logs only.
    """

    id: str
    job_id: str = ""
    state: str | None = None
    state_transition_time: datetime | None = None
    previous_state: str | None = None
    creation_time: datetime | None = None
    command_line: str | None = None
    container_settings: ContainerSettings | None = None
    application_package_references: list[ApplicationPackage] | None = None
    execution_info: TaskExecution | None = None
    node_info: NodeReference | None = None
    constraints: TaskConstraints | None = None
    required_slots: int | None = None
    depends_on: TaskDependencies | None = None
    exit_conditions: ExitConditions | None = None
    multi_instance_settings: MultiInstanceSettings | None = None
    resource_files: list[ResourceFile] | None = None
    system_task_version: int | None = None
