"""A pool as a line of a list: its size, how its nodes stand, and what keeps it from growing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import fields

from batchdoctor.core.inventory.wanted import Order, Wanted, newest, oldest
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.names import folded
from batchdoctor.core.records import NodeStateCounts, Pool, PoolNodeCounts


class ListedPool(Item, frozen=True, kw_only=True):
    """A pool; `nodes_by_state` counts its nodes, None where the service did not count them.

    `resize_errors` are the codes of what went wrong at its last resize.
    """

    pool_id: str
    state: str | None
    allocation_state: str | None
    vm_size: str | None
    current_dedicated_nodes: int | None
    target_dedicated_nodes: int | None
    current_low_priority_nodes: int | None
    target_low_priority_nodes: int | None
    enable_auto_scale: bool | None
    task_slots_per_node: int | None
    nodes_by_state: dict[str, int] | None
    resize_errors: tuple[str, ...]
    creation_time: Moment | None
    state_transition_time: Moment | None
    allocation_state_transition_time: Moment | None

    @property
    def stands(self) -> str | None:
        """Its state where that tells anything, else that of its allocation."""
        usual = (self.state or "active").lower() == "active"
        return self.allocation_state if usual else self.state

    @property
    def name(self) -> str:
        """`POOL`."""
        return self.pool_id


def pool_is_wanted(pool: Pool, wanted: Wanted) -> bool:
    """Whether a pool belongs into a list; its state, or that of its allocation, may be meant."""
    return wanted.in_state(pool.state, pool.allocation_state) and wanted.in_time(
        pool.allocation_state_transition_time or pool.state_transition_time
    )


def listed_pool(pool: Pool, counts: PoolNodeCounts | None) -> ListedPool:
    """A pool as an item."""
    return ListedPool(
        pool_id=pool.id,
        state=pool.state,
        allocation_state=pool.allocation_state,
        vm_size=pool.vm_size,
        current_dedicated_nodes=pool.current_dedicated_nodes,
        target_dedicated_nodes=pool.target_dedicated_nodes,
        current_low_priority_nodes=pool.current_low_priority_nodes,
        target_low_priority_nodes=pool.target_low_priority_nodes,
        enable_auto_scale=pool.enable_auto_scale,
        task_slots_per_node=pool.task_slots_per_node,
        nodes_by_state=_by_state(counts) if counts else None,
        resize_errors=tuple(error.code or "unknown" for error in pool.resize_errors or ()),
        creation_time=pool.creation_time,
        state_transition_time=pool.state_transition_time,
        allocation_state_transition_time=pool.allocation_state_transition_time,
    )


def _by_state(counts: PoolNodeCounts) -> dict[str, int]:
    """The states that nodes are in, dedicated ones and others together, largest first."""
    kinds = [kind for kind in (counts.dedicated, counts.low_priority) if kind]
    names = [field for field in fields(NodeStateCounts) if field.name != "total"]
    sums = {
        field.encode_name.lower(): sum(getattr(kind, field.name) for kind in kinds)
        for field in names
    }
    return {name: count for name, count in sorted(sums.items(), key=lambda s: -s[1]) if count}


POOL_ORDERS: dict[Order, Callable[[ListedPool], Any]] = {
    Order.NEWEST: lambda item: newest(item.creation_time),
    Order.OLDEST: lambda item: oldest(item.creation_time),
    Order.ID: lambda item: folded(item.pool_id),
}
