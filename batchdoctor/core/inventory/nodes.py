"""A node as a line of a list: its state, how long it is in it, and what it has run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchdoctor.core.inventory.wanted import Order, Wanted, newest, oldest
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.names import folded, same_id
from batchdoctor.core.records import Node


class ListedNode(Item, frozen=True, kw_only=True):
    """A node; `errors` are the codes of its own, the counters run since it was allocated."""

    pool_id: str
    node_id: str
    state: str | None
    scheduling_state: str | None
    running_tasks_count: int | None
    total_tasks_run: int | None
    total_tasks_succeeded: int | None
    errors: tuple[str, ...]
    start_task_exit_code: int | None
    is_dedicated: bool | None
    vm_size: str | None
    ip_address: str | None
    allocation_time: Moment | None
    last_boot_time: Moment | None
    state_transition_time: Moment | None

    @property
    def stands(self) -> str | None:
        """Its state."""
        return self.state

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


def node_is_wanted(node: Node, wanted: Wanted) -> bool:
    """Whether a node belongs into a list; of jobs, those count that it has run lately."""
    jobs = {folded(task.job_id) for task in node.recent_tasks or () if task.job_id}
    return (
        wanted.in_state(node.state)
        and wanted.in_time(node.state_transition_time)
        and _is_named(node, wanted)
        and (not wanted.jobs or any(folded(job) in jobs for job in wanted.jobs))
    )


def _is_named(node: Node, wanted: Wanted) -> bool:
    if not wanted.nodes:
        return True
    return any(
        same_id(each, node.id) or same_id(each, f"{node.pool_id}/{node.id}")
        for each in wanted.nodes
    )


def listed_node(node: Node) -> ListedNode:
    """A node as an item."""
    start = node.start_task_info
    return ListedNode(
        pool_id=node.pool_id,
        node_id=node.id,
        state=node.state,
        scheduling_state=node.scheduling_state,
        running_tasks_count=node.running_tasks_count,
        total_tasks_run=node.total_tasks_run,
        total_tasks_succeeded=node.total_tasks_succeeded,
        errors=tuple(error.code or "unknown" for error in node.errors or ()),
        start_task_exit_code=start.exit_code if start else None,
        is_dedicated=node.is_dedicated,
        vm_size=node.vm_size,
        ip_address=node.ip_address,
        allocation_time=node.allocation_time,
        last_boot_time=node.last_boot_time,
        state_transition_time=node.state_transition_time,
    )


NODE_ORDERS: dict[Order, Callable[[ListedNode], Any]] = {
    Order.NEWEST: lambda item: newest(item.state_transition_time),
    Order.OLDEST: lambda item: oldest(item.state_transition_time),
    Order.ID: lambda item: (folded(item.pool_id), folded(item.node_id)),
    Order.FAILED: lambda item: (item.total_tasks_succeeded or 0) - (item.total_tasks_run or 0),
}
