"""What stays as it was declared: the constant members of pools, jobs and tasks, wire spelling."""

from __future__ import annotations

import json
from typing import Any

from batchdoctor.sandbox.account.model import TaskKind
from batchdoctor.sandbox.clock import iso_duration, parse_span
from batchdoctor.sandbox.scenario.load import JobPlan, PoolPlan, TaskPlan

_NO_LIMIT = "P10675199DT2H48M5.4775807S"
_IMAGES: dict[str, dict[str, Any]] = {
    "linux": {
        "imageReference": {
            "publisher": "canonical",
            "offer": "ubuntu-24_04-lts",
            "sku": "server",
            "version": "latest",
        },
        "nodeAgentSKUId": "batch.node.ubuntu 24.04",
    },
    "windows": {
        "imageReference": {
            "publisher": "microsoftwindowsserver",
            "offer": "windowsserver",
            "sku": "2022-datacenter",
            "version": "latest",
        },
        "nodeAgentSKUId": "batch.node.windows amd64",
    },
}


def pool_shape(plan: PoolPlan) -> dict[str, Any]:
    """Return the members of a pool that never change."""
    shape: dict[str, Any] = {
        "vmSize": plan.vm_size,
        "resizeTimeout": "PT15M",
        "enableAutoScale": False,
        "enableInterNodeCommunication": False,
        "taskSchedulingPolicy": {"nodeFillType": "Spread"},
        "virtualMachineConfiguration": _IMAGES[plan.os],
        "currentNodeCommunicationMode": "simplified",
    }
    return shape | plan.members


def job_shape(plan: JobPlan) -> dict[str, Any]:
    """Return the members of a job that never change."""
    shape: dict[str, Any] = {
        "priority": plan.priority,
        "maxParallelTasks": -1,
        "usesTaskDependencies": False,
        "allowTaskPreemption": False,
        "constraints": {"maxWallClockTime": _NO_LIMIT, "maxTaskRetryCount": 0},
        "poolInfo": {"poolId": plan.pool},
        "onAllTasksComplete": "noaction",
        "onTaskFailure": "noaction",
    }
    return shape | plan.members


def task_kind(group: TaskPlan, *, windows: bool) -> TaskKind:
    """Return what the tasks of a group share."""
    wall_clock = parse_span(group.wall_clock) if group.wall_clock else None
    retention = parse_span(group.retention)
    members: dict[str, Any] = {
        "userIdentity": {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}},
        "constraints": {
            "maxWallClockTime": iso_duration(wall_clock) if wall_clock else _NO_LIMIT,
            "retentionTime": iso_duration(retention),
            "maxTaskRetryCount": group.max_retries,
        },
    }
    if group.instances:
        members["multiInstanceSettings"] = {
            "numberOfInstances": group.instances,
            "coordinationCommandLine": "/bin/bash -c 'hostname > hosts'",
        }
    return TaskKind(
        command=group.command,
        members={k: json.dumps(v) for k, v in (members | group.members).items()},
        retention=retention,
        wall_clock=wall_clock,
        windows=windows,
        slots=group.slots,
        stdout=group.stdout,
        stderr=group.stderr,
        files=group.files,
        instances=group.instances,
    )
