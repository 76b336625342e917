"""Counts of tasks and nodes, as the service gives them, out of lists that were saved whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from batchdoctor.core.records.pool import NodeStateCounts

Document = Mapping[str, Any]

_NODE_STATES = tuple(name for name in NodeStateCounts.__struct_encode_fields__ if name != "total")
# The service counts tasks that prepare among those that run.
_COUNTED_AS = {"preparing": "running"}


def task_counts(job_id: str, tasks: Iterable[Document]) -> Document:
    """How many tasks of a job are in each state, as one answer on that job."""
    states, failed = Counter[str](), 0
    for task in tasks:
        state = str(task.get("state") or "").lower()
        states[_COUNTED_AS.get(state, state)] += 1
        result = (task.get("executionInfo") or {}).get("result")
        failed += state == "completed" and str(result or "").lower() == "failure"
    counts = {state: states[state] for state in ("active", "running", "completed")}
    counts |= {"failed": failed, "succeeded": states["completed"] - failed}
    return {"jobId": job_id, "document": {"taskCounts": counts, "taskSlotCounts": {}}}


def node_counts(pool_id: str, nodes: Iterable[Document]) -> Document:
    """How many nodes of a pool are in each state, as one entry of the list of such counts."""
    kinds = {"dedicated": Counter[str](), "lowPriority": Counter[str]()}
    for node in nodes:
        kind = "lowPriority" if node.get("isDedicated") is False else "dedicated"
        kinds[kind][str(node.get("state") or "unknown").lower()] += 1
    return {"poolId": pool_id} | {
        kind: {
            **{state: states[state.lower()] for state in _NODE_STATES},
            "total": states.total(),
        }
        for kind, states in kinds.items()
    }
