"""A diagnostic log made up with a known answer: a bad node, a bad job, and the usual troubles."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
BAD_NODE = ("pool-1", "tvm-bad")
BAD_JOB = "job-bad"
RESOURCE = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.BATCH/BATCHACCOUNTS/A/"


@dataclass
class Corpus:
    """Records as a storage account keeps them, and what a summary of them must say."""

    records: list[Json] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    def log(self, name: str, body: Json, at: datetime) -> None:
        self.records.append(
            {
                "Tenant": "11111111-1111-1111-1111-111111111111",
                "time": stamp(at),
                "resourceId": RESOURCE,
                "category": "ServiceLog",
                "operationName": name,
                "operationVersion": "2017-06-01",
                "properties": body,
            }
        )


def stamp(at: datetime) -> str:
    """Seven digits of a second, as the service writes them."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def body(job: str, task: str, node: tuple[str, str], execution: Json, version: int = 7) -> Json:
    return {
        "jobId": job,
        "id": task,
        "taskType": "User",
        "systemTaskVersion": version,
        "requiredSlots": 1,
        "nodeInfo": {"poolId": node[0], "nodeId": node[1]},
        "multiInstanceSettings": {"numberOfInstances": 1},
        "constraints": {"maxTaskRetryCount": 2},
        "executionInfo": execution,
    }


def ended(start: datetime, end: datetime, exit_code: int | None, retries: int = 0) -> Json:
    failed = exit_code != 0
    code = "FailureExitCode" if exit_code is not None else "BlobAccessDenied"
    return {
        "startTime": stamp(start),
        "endTime": stamp(end),
        "exitCode": exit_code,
        "retryCount": retries,
        "requeueCount": 0,
        "result": "Failure" if failed else "Success",
        "schedulingError": {
            "category": "UserError" if failed else "",
            "code": code if failed else "",
            "message": "it failed" if failed else "",
            "details": [],
        },
    }


def corpus(tasks: int = 120, seed: int = 1) -> Corpus:
    """Tasks of five jobs on eight nodes; one node and one job fail, the rest does not.

    Every failed attempt has a complete and a fail event. Every 10th task is delivered twice, every
    15th never ends, every 12th was run a second time.
    """
    made, rnd, at = Corpus(), random.Random(seed), BEGIN
    nodes = [("pool-1", f"tvm-{index}") for index in range(6)] + [BAD_NODE, ("pool-2", "tvm-x")]
    jobs = [f"job-{index}" for index in range(4)] + [BAD_JOB]
    attempts = failures = unfinished = duplicates = retried = 0
    for index in range(tasks):
        job, node, task = rnd.choice(jobs), rnd.choice(nodes), f"task-{index}"
        for run in range(2 if index % 12 == 0 else 1):
            at += timedelta(seconds=7)
            attempts, retried = attempts + 1, retried + run
            made.log("TaskStartEvent", body(job, task, node, {"retryCount": run}), at)
            if index % 15 == 7:
                unfinished += 1
                continue
            end = at + timedelta(seconds=5)
            exit_code = None if node == BAD_NODE else 3 if job == BAD_JOB else 0
            execution = ended(at, end, exit_code, run)
            for _ in range(2 if index % 10 == 3 else 1):
                made.log("TaskCompleteEvent", body(job, task, node, execution), end)
            duplicates += index % 10 == 3
            if exit_code != 0:
                failures += 1
                made.log("TaskFailEvent", body(job, task, node, execution), end)
    made.log("PoolResizeStartEvent", {"id": "pool-3", "nodeDeallocationOption": "Invalid"}, at)
    made.log("BrandNewEvent", {"id": "something"}, at)
    made.answer = {
        "attempts": attempts,
        "failures": failures,
        "unfinished": unfinished,
        "duplicates": duplicates,
        "retried": retried,
        "unknown_events": 1,
        "malformed": 0,
        "jobs": 5,
        "pools": 3,
        "nodes": 8,
    }
    return made
