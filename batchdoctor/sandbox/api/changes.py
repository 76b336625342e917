"""Changes to pools, nodes, jobs and tasks."""

from __future__ import annotations

from typing import Any

from batchdoctor.sandbox.account import job_life, node_life, pool_life, task_life
from batchdoctor.sandbox.account.model import Job, Node, Pool, Task
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.protocol.bodies import Member, read_body
from batchdoctor.sandbox.protocol.conditions import check_conditions
from batchdoctor.sandbox.protocol.refusals import bad_property
from batchdoctor.sandbox.wire.messages import Reply

_MOST_NODES = 100
_OK, _ACCEPTED, _NO_CONTENT = 200, 202, 204


def _node(call: Call) -> Node:
    return call.store.node(call.names["pool"], call.names["node"])


def _pool(call: Call) -> Pool:
    pool = call.store.pool(call.names["pool"])
    check_conditions(call.request, pool.modified)
    return pool


def _job(call: Call) -> Job:
    job = call.store.job(call.names["job"])
    check_conditions(call.request, job.modified)
    return job


def _task(call: Call) -> Task:
    task = call.store.task(call.names["job"], call.names["task"])
    check_conditions(call.request, task.modified)
    return task


def _option(call: Call, name: str, values: tuple[str, ...]) -> str:
    """Return the one option of a node action; the service's default is to requeue."""
    body = read_body(call.request, {name: Member(str, values=values)})
    return str(body.get(name) or "requeue").lower()


def disable_scheduling(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/disablescheduling."""
    node = _node(call)
    option = _option(call, "nodeDisableSchedulingOption", node_life.DISABLE_OPTIONS)
    node_life.disable_scheduling(call.store, node, option)
    return call.done(_OK)


def enable_scheduling(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/enablescheduling."""
    node_life.enable_scheduling(call.store, _node(call))
    return call.done(_OK)


def reboot(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/reboot."""
    node = _node(call)
    option = _option(call, "nodeRebootOption", node_life.DEALLOCATION_OPTIONS)
    node_life.restart(call.store, node, option, "rebooting")
    return call.done(_ACCEPTED)


def reimage(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/reimage."""
    node = _node(call)
    option = _option(call, "nodeReimageOption", node_life.DEALLOCATION_OPTIONS)
    node_life.restart(call.store, node, option, "reimaging")
    return call.done(_ACCEPTED)


def deallocate(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/deallocate."""
    node = _node(call)
    option = _option(call, "nodeDeallocateOption", node_life.DEALLOCATION_OPTIONS)
    node_life.deallocate(call.store, node, option)
    return call.done(_ACCEPTED)


def start(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/start."""
    node_life.start(call.store, _node(call))
    return call.done(_ACCEPTED)


_DEALLOCATION = Member(str, values=node_life.DEALLOCATION_OPTIONS)


def remove_nodes(call: Call) -> Reply:
    """POST /pools/{pool}/removenodes."""
    pool = _pool(call)
    members = {
        "nodeList": Member(list, required=True),
        "resizeTimeout": Member(str),
        "nodeDeallocationOption": _DEALLOCATION,
    }
    body = read_body(call.request, members)
    names = body["nodeList"]
    if not 1 <= len(names) <= _MOST_NODES:
        raise bad_property("nodeList", len(names), "The list has between 1 and 100 nodes.")
    nodes = [call.store.node(pool.id, str(name)) for name in dict.fromkeys(names)]
    option = str(body.get("nodeDeallocationOption") or "requeue").lower()
    pool_life.remove_nodes(call.store, pool, nodes, option)
    return call.done(_ACCEPTED, pool.modified)


def resize(call: Call) -> Reply:
    """POST /pools/{pool}/resize."""
    pool = _pool(call)
    members = {
        "targetDedicatedNodes": Member(int),
        "targetLowPriorityNodes": Member(int),
        "resizeTimeout": Member(str),
        "nodeDeallocationOption": _DEALLOCATION,
    }
    body = read_body(call.request, members)
    dedicated = _target(body, "targetDedicatedNodes", pool.target_dedicated)
    low_priority = _target(body, "targetLowPriorityNodes", pool.target_low_priority)
    option = str(body.get("nodeDeallocationOption") or "requeue").lower()
    pool_life.resize(call.store, pool, dedicated, low_priority, option)
    return call.done(_ACCEPTED, pool.modified)


def _target(body: dict[str, Any], name: str, before: int) -> int:
    target = body.get(name)
    if target is None:
        return before
    if target < 0:
        raise bad_property(name, target, "The value is negative.")
    return int(target)


def stop_resize(call: Call) -> Reply:
    """POST /pools/{pool}/stopresize."""
    pool = _pool(call)
    pool_life.stop_resize(call.store, pool)
    return call.done(_ACCEPTED, pool.modified)


def disable_job(call: Call) -> Reply:
    """POST /jobs/{job}/disable."""
    job = _job(call)
    member = Member(str, required=True, values=job_life.DISABLE_TASKS)
    body = read_body(call.request, {"disableTasks": member})
    job_life.disable(call.store, job, body["disableTasks"].lower())
    return call.done(_ACCEPTED, job.modified)


def enable_job(call: Call) -> Reply:
    """POST /jobs/{job}/enable."""
    job = _job(call)
    job_life.enable(call.store, job)
    return call.done(_ACCEPTED, job.modified)


def terminate_job(call: Call) -> Reply:
    """POST /jobs/{job}/terminate."""
    job = _job(call)
    body = read_body(call.request, {"terminateReason": Member(str)})
    job_life.terminate(call.store, job, body.get("terminateReason") or "UserTerminate")
    return call.done(_ACCEPTED, job.modified)


def terminate_task(call: Call) -> Reply:
    """POST /jobs/{job}/tasks/{task}/terminate."""
    task = _task(call)
    task_life.terminate(call.store, task, call.store.now)
    return call.done(_NO_CONTENT, task.modified)


def reactivate_task(call: Call) -> Reply:
    """POST /jobs/{job}/tasks/{task}/reactivate."""
    task = _task(call)
    task_life.reactivate(call.store, task, call.store.now)
    return call.done(_NO_CONTENT, task.modified)
