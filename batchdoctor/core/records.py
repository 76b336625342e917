"""What Azure Batch says, typed once for the live service and for its diagnostic logs.

Field names are the service's own in Python spelling; msgspec maps them to the camelCase of the
wire. Everything but an id is optional, because the service leaves out what does not apply. States,
results, categories and codes stay strings: the service adds values, and varies their case, so they
are compared through `same`.

Source of the shapes: https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

from datetime import datetime

import msgspec


def same(left: str | None, right: str) -> bool:
    """Whether two names of the service are equal; their case varies between its versions."""
    return left is not None and left.lower() == right.lower()


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Base of all records: immutable, and without a place in the garbage collector's lists."""


class NameValue(Record):
    """One detail of an error."""

    name: str | None = None
    value: str | None = None


class FailureInformation(Record):
    """Why a task failed: `failureInfo` of the service, `schedulingError` of the event logs.

    In the logs of a task that succeeded every string of it is empty instead of absent.
    """

    category: str | None = None
    code: str | None = None
    message: str | None = None
    details: list[NameValue] | None = None


class NodeReference(Record):
    """Where a task ran (`nodeInfo`)."""

    pool_id: str | None = None
    node_id: str | None = None
    task_root_directory: str | None = None


class TaskConstraints(Record):
    """Limits of a task; durations are ISO 8601, retry count -1 means without limit."""

    max_task_retry_count: int | None = None
    max_wall_clock_time: str | None = None
    retention_time: str | None = None


class ContainerInformation(Record):
    """The container a task ran in."""

    container_id: str | None = None
    state: str | None = None
    error: str | None = None


class TaskExecution(Record):
    """How the latest run of a task went (`executionInfo`)."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    scheduling_error: FailureInformation | None = None
    retry_count: int | None = None
    requeue_count: int | None = None
    container_info: ContainerInformation | None = None


class TaskIdRange(Record):
    """A range of numeric task ids, both ends included."""

    start: int | None = None
    end: int | None = None


class TaskDependencies(Record):
    """Tasks that must succeed first."""

    task_ids: list[str] | None = None
    task_id_ranges: list[TaskIdRange] | None = None


class Task(Record):
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
    execution_info: TaskExecution | None = None
    node_info: NodeReference | None = None
    constraints: TaskConstraints | None = None
    required_slots: int | None = None
    depends_on: TaskDependencies | None = None
    system_task_version: int | None = None


class TaskCounts(Record):
    """Tasks of a job by state; the service calls these figures approximate."""

    active: int = 0
    running: int = 0
    completed: int = 0
    succeeded: int = 0
    failed: int = 0


class TaskCountsResult(Record):
    """Answer of `GET jobs/{id}/taskcounts`."""

    task_counts: TaskCounts


class NodeError(Record):
    """An error of a node."""

    code: str | None = None
    message: str | None = None
    error_details: list[NameValue] | None = None


class StartTaskInformation(Record):
    """How a node's start task went."""

    state: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    retry_count: int | None = None


class NodeTask(Record):
    """A task in a node's list of recent tasks."""

    job_id: str | None = None
    task_id: str | None = None
    task_state: str | None = None
    task_url: str | None = None


class NodeAgent(Record):
    """The Batch agent on a node."""

    version: str | None = None
    last_update_time: datetime | None = None


class Node(Record):
    """A node of a pool. `pool_id` is filled in by whoever asked."""

    id: str
    pool_id: str = ""
    state: str | None = None
    state_transition_time: datetime | None = None
    scheduling_state: str | None = None
    last_boot_time: datetime | None = None
    allocation_time: datetime | None = None
    vm_size: str | None = None
    total_tasks_run: int | None = None
    total_tasks_succeeded: int | None = None
    running_tasks_count: int | None = None
    recent_tasks: list[NodeTask] | None = None
    start_task_info: StartTaskInformation | None = None
    errors: list[NodeError] | None = None
    is_dedicated: bool | None = None
    node_agent_info: NodeAgent | None = None


class ResizeError(Record):
    """Why a pool did not reach its target."""

    code: str | None = None
    message: str | None = None
    values: list[NameValue] | None = None


class AutoScaleError(Record):
    """Why an autoscale formula could not be evaluated."""

    code: str | None = None
    message: str | None = None
    values: list[NameValue] | None = None


class AutoScaleRun(Record):
    """The last evaluation of a pool's autoscale formula."""

    timestamp: datetime | None = None
    results: str | None = None
    error: AutoScaleError | None = None


class StartTask(Record):
    """What every node of a pool runs when it joins."""

    command_line: str | None = None
    wait_for_success: bool | None = None
    max_task_retry_count: int | None = None


class Pool(Record):
    """A pool."""

    id: str
    state: str | None = None
    state_transition_time: datetime | None = None
    allocation_state: str | None = None
    allocation_state_transition_time: datetime | None = None
    creation_time: datetime | None = None
    vm_size: str | None = None
    resize_timeout: str | None = None
    resize_errors: list[ResizeError] | None = None
    current_dedicated_nodes: int | None = None
    target_dedicated_nodes: int | None = None
    current_low_priority_nodes: int | None = None
    target_low_priority_nodes: int | None = None
    enable_auto_scale: bool | None = None
    auto_scale_evaluation_interval: str | None = None
    auto_scale_run: AutoScaleRun | None = None
    task_slots_per_node: int | None = None
    start_task: StartTask | None = None


class JobSchedulingError(Record):
    """Why a job could not start."""

    category: str | None = None
    code: str | None = None
    message: str | None = None
    details: list[NameValue] | None = None


class JobExecution(Record):
    """How a job went."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    pool_id: str | None = None
    scheduling_error: JobSchedulingError | None = None
    terminate_reason: str | None = None


class JobConstraints(Record):
    """Limits of a job."""

    max_wall_clock_time: str | None = None
    max_task_retry_count: int | None = None


class JobPoolReference(Record):
    """The pool that a job runs on; empty for a job with a pool of its own."""

    pool_id: str | None = None


class JobPreparationTask(Record):
    """What a node runs before the first task of a job."""

    id: str | None = None
    command_line: str | None = None
    wait_for_success: bool | None = None


class Job(Record):
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


class PreparationTaskExecution(Record):
    """How a job's preparation or release task went on one node."""

    state: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    task_root_directory: str | None = None


class PreparationStatus(Record):
    """Preparation and release of a job on one node."""

    pool_id: str | None = None
    node_id: str | None = None
    job_preparation_task_execution_info: PreparationTaskExecution | None = None
    job_release_task_execution_info: PreparationTaskExecution | None = None


class NodeStateCounts(Record):
    """Nodes of a pool by state, for one kind of node."""

    creating: int = 0
    idle: int = 0
    leaving_pool: int = 0
    offline: int = 0
    preempted: int = 0
    rebooting: int = 0
    reimaging: int = 0
    running: int = 0
    start_task_failed: int = 0
    starting: int = 0
    unknown: int = 0
    unusable: int = 0
    upgrading_os: int = msgspec.field(default=0, name="upgradingOS")
    waiting_for_start_task: int = 0
    deallocated: int = 0
    deallocating: int = 0
    total: int = 0


class PoolNodeCounts(Record):
    """Nodes of a pool by state (`GET nodecounts`)."""

    pool_id: str
    dedicated: NodeStateCounts | None = None
    low_priority: NodeStateCounts | None = None


class FileProperties(Record):
    """What the service tells about a file of a task or a node; size in bytes."""

    content_length: int | None = None
    last_modified: datetime | None = None
    creation_time: datetime | None = None


class NodeFile(Record):
    """A file in a listing of a task's or a node's files."""

    name: str
    is_directory: bool = False
    properties: FileProperties | None = None
