"""Which task may start, and on which node: dependencies, slots, and nodes that are in service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from batchdoctor.sandbox.account import task_life
from batchdoctor.sandbox.account.model import Job, Node, Task
from batchdoctor.sandbox.account.store import Store

_IN_SERVICE = {"idle", "running"}
_SATISFY, _BLOCK = "satisfy", "block"


def free_nodes(store: Store, task: Task) -> Iterator[Node]:
    """The nodes that a task can start on."""
    unprepared = {run.node_id for run in task.job.preparations if run.recipe or not run.ended}
    pool = next((p for p in store.pools if p.id.lower() == task.job.pool_id.lower()), None)
    for node in pool.nodes if pool is not None and pool.state == "active" else ():
        used = sum(each.kind.slots for each in node.running)
        fits = used + task.kind.slots <= node.pool.slots
        if is_open(node) and fits and node.id not in unprepared:
            yield node


def is_open(node: Node) -> bool:
    """Whether a node takes tasks."""
    in_service = node.state in _IN_SERVICE and node.scheduling == "enabled"
    return in_service and node.reachable and node.pending_state is None


def start(task: Task, node: Node, moment: int) -> None:
    """Let a waiting task run on a node."""
    if node.state == "idle":
        node.state, node.since = "running", moment
    task_life.move(task, "running", moment)
    task.started = moment
    task_life.attach(task, node)


def is_through(job: Job) -> bool:
    """Whether all tasks of a job have ended; a job without any counts as one."""
    return all(task.state == "completed" for task in job.tasks)


def is_unblocked(task: Task) -> bool:
    """Whether everything that a task depends on has ended as the dependency asks."""
    text = task.kind.members.get("dependsOn")
    return text is None or all(map(_satisfies, _awaited(task.job, json.loads(text))))


def _awaited(job: Job, depends: dict[str, Any]) -> Iterator[Task | None]:
    """The tasks that are waited for; None for one that is not there yet."""
    for task_id in depends.get("taskIds") or ():
        yield job.by_id.get(str(task_id).lower())
    for span in depends.get("taskIdRanges") or ():
        for number in range(int(span["start"]), int(span["end"]) + 1):
            yield job.by_id.get(str(number))


def _satisfies(task: Task | None) -> bool:
    if task is None or task.state != "completed":
        return False
    default = _SATISFY if task.result == "success" else _BLOCK
    return str(exit_options(task).get("dependencyAction", default)).lower() == _SATISFY


def exit_options(task: Task) -> dict[str, Any]:
    """What a task's own conditions say about the way in which it ended."""
    conditions = json.loads(task.kind.members.get("exitConditions", "{}"))
    found: dict[str, Any] | None = None
    if task.exit_code is None:
        found = conditions.get("preProcessingError")
    for each in conditions.get("exitCodes") or ():
        if each["code"] == task.exit_code:
            found = each["exitOptions"]
    for each in conditions.get("exitCodeRanges") or ():
        if task.exit_code is not None and each["start"] <= task.exit_code <= each["end"]:
            found = each["exitOptions"]
    if found is None and task.result == "failure":
        found = conditions.get("default")
    return found or {}
