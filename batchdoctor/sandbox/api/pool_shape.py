"""How a pool, its counts and its nodes are written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from batchdoctor.sandbox.account.model import Node, Pool, StartRun
from batchdoctor.sandbox.api.task_shape import failure, task_url
from batchdoctor.sandbox.clock import entity_tag, wire_time
from batchdoctor.sandbox.protocol.select import member_names

# Wire state -> its name in node counts, in the service's order.
_COUNTED = {
    "creating": "creating",
    "idle": "idle",
    "offline": "offline",
    "preempted": "preempted",
    "rebooting": "rebooting",
    "reimaging": "reimaging",
    "running": "running",
    "starting": "starting",
    "starttaskfailed": "startTaskFailed",
    "leavingpool": "leavingPool",
    "unknown": "unknown",
    "unusable": "unusable",
    "waitingforstarttask": "waitingForStartTask",
    "deallocated": "deallocated",
    "deallocating": "deallocating",
    "upgradingos": "upgradingOS",
}
_BEFORE_FIRST_BOOT = {"creating", "starting", "preempted"}

POOL_MEMBERS = member_names(
    """id displayName url eTag lastModified creationTime state stateTransitionTime allocationState
    allocationStateTransitionTime vmSize virtualMachineConfiguration resizeTimeout resizeErrors
    currentDedicatedNodes currentLowPriorityNodes targetDedicatedNodes targetLowPriorityNodes
    enableAutoScale autoScaleFormula autoScaleEvaluationInterval autoScaleRun
    enableInterNodeCommunication networkConfiguration startTask applicationPackageReferences
    taskSlotsPerNode taskSchedulingPolicy userAccounts metadata stats mountConfiguration identity
    upgradePolicy currentNodeCommunicationMode targetNodeCommunicationMode"""
)
NODE_MEMBERS = member_names(
    """id url state schedulingState stateTransitionTime lastBootTime allocationTime ipAddress
    ipv6Address affinityId vmSize totalTasksRun runningTasksCount runningTaskSlotsCount
    totalTasksSucceeded recentTasks startTask startTaskInfo errors isDedicated
    endpointConfiguration nodeAgentInfo virtualMachineInfo"""
)


def write_pool(pool: Pool, url: str) -> dict[str, Any]:
    """Return a pool as the service writes it."""
    low_priority = sum(1 for node in pool.nodes if not node.dedicated)
    document: dict[str, Any] = {
        "id": pool.id,
        "url": f"{url}/pools/{pool.id}",
        "eTag": entity_tag(pool.modified),
        "lastModified": wire_time(pool.modified),
        "creationTime": wire_time(pool.created),
        "state": pool.state,
        "stateTransitionTime": wire_time(pool.since or pool.created),
        "allocationState": pool.allocation_state,
        "allocationStateTransitionTime": wire_time(pool.allocation_time),
        **pool.shape,
        "currentDedicatedNodes": len(pool.nodes) - low_priority,
        "targetDedicatedNodes": pool.target_dedicated,
        "currentLowPriorityNodes": low_priority,
        "targetLowPriorityNodes": pool.target_low_priority,
        "taskSlotsPerNode": pool.slots,
    }
    optional = {
        "resizeErrors": pool.resize_errors,
        "autoScaleRun": pool.auto_scale_run,
        "startTask": pool.start_task,
    }
    return document | {name: value for name, value in optional.items() if value}


def write_counts(pool: Pool) -> dict[str, Any]:
    """Return a pool's nodes by state, dedicated ones and low-priority ones apart."""
    return {
        "poolId": pool.id,
        "dedicated": _counts([node for node in pool.nodes if node.dedicated]),
        "lowPriority": _counts([node for node in pool.nodes if not node.dedicated]),
    }


def _counts(nodes: list[Node]) -> dict[str, int]:
    found = Counter(node.state for node in nodes)
    return {name: found[state] for state, name in _COUNTED.items()} | {"total": len(nodes)}


def write_node(node: Node, url: str, now: int) -> dict[str, Any]:
    """Return a node as the service writes it."""
    pool = node.pool
    document: dict[str, Any] = {
        "id": node.id,
        "url": f"{url}/pools/{pool.id}/nodes/{node.id}",
        "state": node.state,
        "schedulingState": node.scheduling,
        "stateTransitionTime": wire_time(node.since),
    }
    if node.booted is not None and node.state not in _BEFORE_FIRST_BOOT:
        document["lastBootTime"] = wire_time(node.booted)
    document |= {
        "allocationTime": wire_time(node.allocated),
        "ipAddress": node.ip,
        "affinityId": f"TVM:{node.id}",
        "vmSize": pool.shape["vmSize"],
        "totalTasksRun": node.tasks_run,
        "totalTasksSucceeded": node.tasks_succeeded,
        "runningTasksCount": len(node.running),
        "runningTaskSlotsCount": sum(task.kind.slots for task in node.running),
        **_history(node, url),
        "isDedicated": node.dedicated,
        "endpointConfiguration": {"inboundEndpoints": [_endpoint(node)]},
        **_agent(node, now),
        "virtualMachineInfo": {
            "imageReference": pool.shape["virtualMachineConfiguration"]["imageReference"]
        },
    }
    return document | node.members


def _history(node: Node, url: str) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if node.recent:
        parts["recentTasks"] = [
            {
                "taskUrl": task_url(task, url),
                "jobId": task.job.id,
                "taskId": task.id,
                "taskState": task.state,
                "executionInfo": _brief(task),
            }
            for task in reversed(node.recent)
        ]
    if node.pool.start_task:
        parts["startTask"] = node.pool.start_task
    if node.start_run:
        parts["startTaskInfo"] = _start_task_info(node, node.start_run)
    if node.errors:
        parts["errors"] = node.errors
    return parts


def _brief(task: Any) -> dict[str, Any]:
    times = {"startTime": task.started, "endTime": task.ended}
    document: dict[str, Any] = {k: wire_time(v) for k, v in times.items() if v is not None}
    if task.exit_code is not None:
        document["exitCode"] = task.exit_code
    if task.recipe is not None:
        document["failureInfo"] = {"category": task.recipe.category, "code": task.recipe.code}
    if task.result is not None:
        document["result"] = task.result
    return document | {"retryCount": task.retries, "requeueCount": task.requeues}


def _start_task_info(node: Node, run: StartRun) -> dict[str, Any]:
    document: dict[str, Any] = {"state": run.state, "startTime": wire_time(run.started)}
    if run.ended is not None:
        document["endTime"] = wire_time(run.ended)
    if run.exit_code is not None:
        document["exitCode"] = run.exit_code
    if run.recipe:
        document["failureInfo"] = failure(run.recipe, pool=node.pool.id, node=node.id)
    if run.state == "completed":
        document["result"] = "failure" if run.recipe else "success"
    return document | {"retryCount": run.retries}


def _endpoint(node: Node) -> dict[str, Any]:
    windows = node.pool.windows
    return {
        "name": "RDPRule.0" if windows else "SSHRule.0",
        "protocol": "tcp",
        "publicIPAddress": node.public_ip,
        "publicFQDN": f"dns{node.pool.seq:08x}-azurebatch.westeurope.cloudapp.azure.com",
        "frontendPort": node.port,
        "backendPort": 3389 if windows else 22,
    }


def _agent(node: Node, now: int) -> dict[str, Any]:
    if node.booted is None:
        return {}
    seen = now if node.reachable else node.since
    return {"nodeAgentInfo": {"version": "1.13.7", "lastUpdateTime": wire_time(seen)}}
