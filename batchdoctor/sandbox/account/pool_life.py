"""What can happen to a pool: nodes are removed, targets change, a resize is stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from batchdoctor.sandbox.account import node_life
from batchdoctor.sandbox.account.model import Node, Pool
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import wire_time
from batchdoctor.sandbox.protocol.refusals import ServiceError


def node_id(pool: Pool, number: int) -> str:
    """Return the id of a pool's node, in the style of its pool; always the same one."""
    digest = hashlib.sha256(f"{pool.id}/{number}".encode()).hexdigest()
    if pool.id_style == "tvmps":
        return f"tvmps_{digest}_d"
    group = int(hashlib.sha256(pool.id.encode()).hexdigest()[:8], 16) % 900_000_000 + 100_000_000
    clock = f"{int(digest[0:4], 16) % 24:02}{int(digest[4:8], 16) % 60:02}"
    return (
        f"tvm-{group}_{number}-202611{1 + number % 20:02}t{clock}{int(digest[8:12], 16) % 60:02}z"
    )


def _require_steady(pool: Pool) -> None:
    if pool.state == "deleting":
        raise ServiceError("PoolBeingDeleted")
    if pool.allocation_state != "steady":
        raise ServiceError("PoolBeingResized")


def _change_allocation(pool: Pool, state: str, moment: int) -> None:
    pool.allocation_state, pool.allocation_time = state, moment


def remove_nodes(store: Store, pool: Pool, nodes: list[Node], option: str) -> None:
    """Take nodes out of a pool; the pool resizes until the last of them has gone."""
    _require_steady(pool)
    pool.target_dedicated -= sum(1 for node in nodes if node.dedicated)
    pool.target_low_priority -= sum(1 for node in nodes if not node.dedicated)
    pool.target_dedicated = max(pool.target_dedicated, 0)
    pool.target_low_priority = max(pool.target_low_priority, 0)
    _begin_resize(store, pool)
    _let_go(store, pool, nodes, option)


def _begin_resize(store: Store, pool: Pool) -> None:
    pool.modified, pool.resize_errors = store.now, []
    _change_allocation(pool, "resizing", store.now)


def _let_go(store: Store, pool: Pool, nodes: list[Node], option: str) -> None:
    left = set(nodes)

    def gone(node: Node) -> Callable[[int], None]:
        def happen(moment: int) -> None:
            pool.nodes.remove(node)
            left.discard(node)
            if not left:
                _change_allocation(pool, "steady", moment)

        return happen

    def leave(node: Node) -> Callable[[int], None]:
        def happen(moment: int) -> None:
            node_life.change_state(node, "leavingpool", moment)
            store.after(store.timings.remove, gone(node))

        return happen

    for node in nodes:
        node_life.vacate(store, node, option, leave(node), "leavingpool")


def resize(store: Store, pool: Pool, dedicated: int, low_priority: int, option: str) -> None:
    """Change a pool's targets: nodes come or go."""
    _require_steady(pool)
    if pool.auto_scales:
        raise ServiceError("OperationNotValidOnPool")
    pool.target_dedicated, pool.target_low_priority = dedicated, low_priority
    _begin_resize(store, pool)
    kinds = {True: dedicated, False: low_priority}
    surplus = [node for kind, target in kinds.items() for node in _surplus(pool, kind, target)]
    if surplus:
        _let_go(store, pool, surplus, option)
    else:
        store.after(store.timings.resize, lambda moment: _grow(store, pool, moment))


def _surplus(pool: Pool, kind: object, target: int) -> list[Node]:
    """Return the nodes above the target, idle ones first."""
    nodes = [node for node in pool.nodes if node.dedicated == kind]
    nodes.sort(key=lambda node: len(node.running))
    return nodes[: max(len(nodes) - target, 0)]


def _grow(store: Store, pool: Pool, moment: int) -> None:
    if pool.allocation_state != "resizing":
        return
    for dedicated, target in ((True, pool.target_dedicated), (False, pool.target_low_priority)):
        have = sum(1 for node in pool.nodes if node.dedicated == dedicated)
        for _ in range(target - have):
            node = new_node(store, pool, moment)
            node.dedicated = dedicated
            pool.nodes.append(node)
            node_life.change_state(node, "starting", moment)
            node_life.boot(store, node, moment, {"starting"})
    _change_allocation(pool, "steady", moment)


def new_node(store: Store, pool: Pool, moment: int) -> Node:
    """Return a node that was just allocated."""
    pool.allocated += 1
    number, seq = pool.allocated, store.next_seq()
    return Node(
        seq=seq,
        id=node_id(pool, number),
        pool=pool,
        state="creating",
        since=moment,
        allocated=moment,
        booted=None,
        ip=f"10.0.{pool.seq % 250}.{3 + number % 250}",
        public_ip=f"20.73.{pool.seq % 250}.{10 + number % 5}",
        port=50_000 + number,
        start_recipe=pool.start_task_recipe,
    )


def evaluate_formula(store: Store, pool: Pool, moment: int, interval: int) -> None:
    """Evaluate a pool's formula, to what it gave before, and again after each interval."""
    if pool.auto_scale_run is not None:
        pool.auto_scale_run = pool.auto_scale_run | {"timestamp": wire_time(moment)}
        store.at(moment + interval, lambda later: evaluate_formula(store, pool, later, interval))


def stop_resize(store: Store, pool: Pool) -> None:
    """Stop a resize; the pool stays where it is, and says so as a resize error."""
    if pool.allocation_state != "resizing":
        raise ServiceError("OperationInvalidForCurrentState")
    _change_allocation(pool, "stopping", store.now)

    def stopped(moment: int) -> None:
        if pool.allocation_state == "stopping":
            _change_allocation(pool, "steady", moment)
            pool.resize_errors = [
                {"code": "ResizeStopped", "message": "The resize was stopped by the user."}
            ]

    store.after(store.timings.terminate, stopped)
