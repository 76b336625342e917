"""Changes to nodes and tasks, each safe to ask for again.

Bodies are sent with `send_request` like everything else: the SDK's own node methods raise
`ValueError` when no option is given, and its pollers call a reboot done before it has begun.

https://learn.microsoft.com/rest/api/batchservice/nodes
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from batchdoctor.core.names import folded
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, Task, same
from batchdoctor.errors import BatchdoctorError, StateError, UsageError
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.once import (
    CARRIED_OUT,
    REBOOT,
    REIMAGE,
    ActionResult,
    Effect,
    carry_out,
    has_code,
    read_once,
    restart,
)
from batchdoctor.service.query import parameters, path
from batchdoctor.service.transport import Request

__all__ = [
    "NODE_OPTIONS",
    "SCHEDULING_OPTIONS",
    "ActionResult",
    "Effect",
    "deallocate",
    "disable_scheduling",
    "enable_scheduling",
    "reactivate",
    "reboot",
    "reimage",
    "remove",
    "start",
    "terminate",
]

# What becomes of the tasks on a node: back into the queue, ended, waited for, or waited for until
# their files may go as well.
SCHEDULING_OPTIONS = ("requeue", "terminate", "taskcompletion")
NODE_OPTIONS = (*SCHEDULING_OPTIONS, "retaineddata")
MOST_NODES_AT_ONCE = 100


def disable_scheduling(
    client: Client, pool_id: str, node_id: str, option: str = "requeue"
) -> ActionResult:
    """Take a node out of scheduling; a node that already is out is a success."""
    body = {"nodeDisableSchedulingOption": _checked(option, SCHEDULING_OPTIONS)}
    return carry_out(
        client,
        _node_change(pool_id, node_id, "disablescheduling", body),
        f"disable scheduling on node {pool_id}/{node_id}",
        _already_there,
    )


def enable_scheduling(client: Client, pool_id: str, node_id: str) -> ActionResult:
    """Give a node tasks again; a node that already gets them is a success."""
    return carry_out(
        client,
        _node_change(pool_id, node_id, "enablescheduling"),
        f"enable scheduling on node {pool_id}/{node_id}",
        _already_there,
    )


def start(client: Client, pool_id: str, node_id: str) -> ActionResult:
    """Start a deallocated node; a node that is starting or up is a success."""

    def happened(limit: float) -> bool:
        return not has_trait(_state(client, pool_id, node_id, limit), Trait.STOPS)

    return carry_out(
        client,
        _node_change(pool_id, node_id, "start"),
        f"start node {pool_id}/{node_id}",
        # After a start of ours it may have come up in any state, such as with a failed start task.
        lambda _refusal, lost: (
            not _node_is(client, pool_id, node_id, Trait.STOPS)
            if lost
            else _node_is(client, pool_id, node_id, Trait.BOOTS | Trait.SERVES)
        ),
        happened,
    )


def deallocate(client: Client, pool_id: str, node_id: str, option: str = "requeue") -> ActionResult:
    """Stop a node and give its machine back; a node that is stopped or stopping is a success."""
    body = {"nodeDeallocateOption": _checked(option, NODE_OPTIONS)}

    def happened(limit: float) -> bool:
        return has_trait(_state(client, pool_id, node_id, limit), Trait.STOPS)

    return carry_out(
        client,
        _node_change(pool_id, node_id, "deallocate", body),
        f"deallocate node {pool_id}/{node_id}",
        lambda _refusal, _lost: _node_is(client, pool_id, node_id, Trait.STOPS),
        happened,
    )


def reboot(client: Client, pool_id: str, node_id: str, option: str = "requeue") -> ActionResult:
    """Restart a node, once; a node that is rebooting already is a success."""
    body = {"nodeRebootOption": _checked(option, NODE_OPTIONS)}
    change = _node_change(pool_id, node_id, "reboot", body)
    return restart(client, pool_id, node_id, change, REBOOT)


def reimage(client: Client, pool_id: str, node_id: str, option: str = "requeue") -> ActionResult:
    """Put a fresh operating system on a node, once; a node being reimaged is a success."""
    body = {"nodeReimageOption": _checked(option, NODE_OPTIONS)}
    change = _node_change(pool_id, node_id, "reimage", body)
    return restart(client, pool_id, node_id, change, REIMAGE)


def terminate(client: Client, job_id: str, task_id: str) -> ActionResult:
    """End a task; a task that is over is a success."""
    return carry_out(
        client,
        _task_change(job_id, task_id, "terminate"),
        f"terminate task {job_id}/{task_id}",
        lambda refusal, _lost: has_code(refusal, "TaskCompleted"),
        accepted=CARRIED_OUT,
    )


def reactivate(
    client: Client, job_id: str, task_id: str, ended: datetime | None = None
) -> ActionResult:
    """Run a failed task again; the service forgets its exit code and failure, so read them first.

    `ended` is when the failed run ended. A short task may have failed again before a lost answer
    is missed, and the service would run it for a third time: so it is read before a repetition.

    A task that waits or runs is a success only when an answer of ours got lost before; else
    `StateError`.
    """

    def happened(limit: float) -> bool:
        target = path("jobs", job_id, "tasks", task_id)
        task = read_once(client, Task, target, "id,state,executionInfo", limit)
        run = task.execution_info
        return not same(task.state, "completed") or (run.end_time if run else None) != ended

    return carry_out(
        client,
        _task_change(job_id, task_id, "reactivate"),
        f"reactivate task {job_id}/{task_id}",
        lambda refusal, lost: lost and has_code(refusal, "TaskNotCompleted"),
        happened if ended else None,
        accepted=CARRIED_OUT,
        # Whoever answers in place of the service likes to say 204, too.
        confirmed=False,
    )


def remove(
    client: Client, pool_id: str, node_ids: Sequence[str], option: str = "requeue"
) -> ActionResult:
    """Remove up to 100 nodes from a pool; nodes that are gone or leaving are a success.

    Raises `StateError` (PoolBeingResized) while the pool is not steady and some are still there.
    """
    if not 1 <= len(node_ids) <= MOST_NODES_AT_ONCE:
        raise UsageError(
            f"{len(node_ids)} nodes cannot be removed at once; the service takes 1 to "
            f"{MOST_NODES_AT_ONCE}.",
            hint="Remove them in several calls, and wait until the pool is steady in between.",
        )
    body = {"nodeList": list(node_ids), "nodeDeallocationOption": _checked(option, NODE_OPTIONS)}
    change = Request("POST", path("pools", pool_id, "removenodes"), parameters(), body=body)
    there: list[str] = []

    def all_gone(_refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
        staying = {folded(n.id) for n in client.nodes(pool_id) if not same(n.state, "leavingpool")}
        there[:] = [node for node in node_ids if folded(node) in staying]
        return not there

    def happened(limit: float) -> bool:
        return all(_is_gone(client, pool_id, node_id, limit) for node_id in node_ids)

    operation = f"remove {len(node_ids)} nodes from pool {pool_id}"
    try:
        return carry_out(client, change, operation, all_gone, happened)
    except StateError:
        raise
    except BatchdoctorError as refusal:
        if not has_code(refusal, "NodeNotFound") or not 0 < len(there) < len(node_ids):
            raise
    # One node that is gone makes the service refuse the whole list.
    return remove(client, pool_id, there, option)


def _already_there(refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
    return has_code(refusal, "NodeAlreadyInTargetSchedulingState")


def _state(client: Client, pool_id: str, node_id: str, limit: float) -> str | None:
    """The state of a node, read in one exchange. Raises `Fault`."""
    target = path("pools", pool_id, "nodes", node_id)
    return read_once(client, Node, target, "id,state", limit).state


def _is_gone(client: Client, pool_id: str, node_id: str, limit: float) -> bool:
    try:
        return same(_state(client, pool_id, node_id, limit), "leavingpool")
    except Fault as fault:
        if not fault.has_code("NodeNotFound"):
            raise
        return True


def _node_is(client: Client, pool_id: str, node_id: str, trait: Trait) -> bool:
    return has_trait(client.node(pool_id, node_id).state, trait)


def _checked(option: str, allowed: Sequence[str]) -> str:
    if option not in allowed:
        raise UsageError(
            f"{option!r} is not what can become of running tasks.",
            hint="One of: " + ", ".join(allowed),
        )
    return option


def _node_change(
    pool_id: str, node_id: str, verb: str, body: dict[str, str] | None = None
) -> Request:
    target = path("pools", pool_id, "nodes", node_id, verb)
    return Request("POST", target, parameters(), body=body)


def _task_change(job_id: str, task_id: str, verb: str) -> Request:
    return Request("POST", path("jobs", job_id, "tasks", task_id, verb), parameters())
