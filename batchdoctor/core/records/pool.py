"""A pool, its size, and how many of its nodes are in which state."""

from __future__ import annotations

from datetime import datetime

import msgspec

from batchdoctor.core.records.base import NameValue, Record
from batchdoctor.core.records.task import ApplicationPackage, ContainerSettings


class ResizeError(Record, frozen=True):
    """Why a pool did not reach its target."""

    code: str | None = None
    message: str | None = None
    values: list[NameValue] | None = None


class AutoScaleError(Record, frozen=True):
    """Why an autoscale formula could not be evaluated."""

    code: str | None = None
    message: str | None = None
    values: list[NameValue] | None = None


class AutoScaleRun(Record, frozen=True):
    """The last evaluation of a pool's autoscale formula."""

    timestamp: datetime | None = None
    results: str | None = None
    error: AutoScaleError | None = None

    @property
    def failure(self) -> AutoScaleError | None:
        """The error, if it is one: that of an evaluation that went well may be there and empty."""
        error = self.error
        return error if error and (error.code or error.message or error.values) else None


class StartTask(Record, frozen=True):
    """What every node of a pool runs when it joins."""

    command_line: str | None = None
    container_settings: ContainerSettings | None = None
    wait_for_success: bool | None = None
    max_task_retry_count: int | None = None


class ImageReference(Record, frozen=True):
    """The image that a pool's nodes are made of; a custom one has an id of its own only."""

    publisher: str | None = None
    offer: str | None = None
    sku: str | None = None
    version: str | None = None
    exact_version: str | None = None
    virtual_machine_image_id: str | None = None


class VirtualMachineConfiguration(Record, frozen=True):
    """What runs on a pool's nodes below the tasks."""

    image_reference: ImageReference | None = None
    node_agent_sku_id: str | None = msgspec.field(default=None, name="nodeAgentSKUId")


class SupportedImage(Record, frozen=True):
    """An image that pools may be made of, and the node agent for it."""

    node_agent_sku_id: str | None = msgspec.field(default=None, name="nodeAgentSKUId")
    image_reference: ImageReference | None = None
    batch_support_end_of_life: datetime | None = None


class UserIdentity(Record, frozen=True):
    """An identity that was assigned to a pool, and that its tasks can be."""

    resource_id: str
    client_id: str | None = None

    @property
    def name(self) -> str:
        """The last part of its resource id."""
        return self.resource_id.rpartition("/")[2]


class PoolIdentity(Record, frozen=True):
    """The identities of a pool."""

    user_assigned_identities: list[UserIdentity] | None = None


class Pool(Record, frozen=True):
    """A pool."""

    id: str
    state: str | None = None
    state_transition_time: datetime | None = None
    allocation_state: str | None = None
    allocation_state_transition_time: datetime | None = None
    creation_time: datetime | None = None
    last_modified: datetime | None = None
    vm_size: str | None = None
    resize_timeout: str | None = None
    resize_errors: list[ResizeError] | None = None
    current_dedicated_nodes: int | None = None
    target_dedicated_nodes: int | None = None
    current_low_priority_nodes: int | None = None
    target_low_priority_nodes: int | None = None
    enable_auto_scale: bool | None = None
    auto_scale_formula: str | None = None
    auto_scale_evaluation_interval: str | None = None
    auto_scale_run: AutoScaleRun | None = None
    task_slots_per_node: int | None = None
    enable_inter_node_communication: bool | None = None
    start_task: StartTask | None = None
    application_package_references: list[ApplicationPackage] | None = None
    virtual_machine_configuration: VirtualMachineConfiguration | None = None
    current_node_communication_mode: str | None = None
    identity: PoolIdentity | None = None


class NodeStateCounts(Record, frozen=True):
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


class PoolNodeCounts(Record, frozen=True):
    """Nodes of a pool by state (`GET nodecounts`)."""

    pool_id: str
    dedicated: NodeStateCounts | None = None
    low_priority: NodeStateCounts | None = None
