"""A node of a pool, and what its start task did."""

from __future__ import annotations

from datetime import datetime

from batchdoctor.core.records.base import NameValue, Record
from batchdoctor.core.records.pool import ImageReference, StartTask
from batchdoctor.core.records.task import FailureInformation, TaskExecution


class NodeError(Record, frozen=True):
    """An error of a node."""

    code: str | None = None
    message: str | None = None
    error_details: list[NameValue] | None = None


class StartTaskInformation(Record, frozen=True):
    """How a node's start task went."""

    state: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    exit_code: int | None = None
    result: str | None = None
    failure_info: FailureInformation | None = None
    retry_count: int | None = None


class NodeTask(Record, frozen=True):
    """A task in a node's list of recent tasks."""

    job_id: str | None = None
    task_id: str | None = None
    task_state: str | None = None
    task_url: str | None = None
    execution_info: TaskExecution | None = None


class NodeAgent(Record, frozen=True):
    """The Batch agent on a node."""

    version: str | None = None
    last_update_time: datetime | None = None


class VirtualMachineInfo(Record, frozen=True):
    """What a node was made of when it was last made."""

    image_reference: ImageReference | None = None
    scale_set_vm_resource_id: str | None = None


class Node(Record, frozen=True):
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
    ip_address: str | None = None
    start_task: StartTask | None = None
    virtual_machine_info: VirtualMachineInfo | None = None
