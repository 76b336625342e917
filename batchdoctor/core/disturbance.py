"""What a change to some nodes of a pool would disturb, worked out before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from batchdoctor.core.records import Node, same

# Nodes in these states take tasks as long as their scheduling is enabled.
_WORKING_STATES = ("idle", "running")


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Tasks that run on the nodes now, as `JOB/TASK`, and schedulable nodes before and after."""

    running_tasks: dict[str, tuple[str, ...]]
    schedulable_before: int
    schedulable_after: int


def takes_tasks(node: Node) -> bool:
    """Whether the service may schedule tasks on the node."""
    return not same(node.scheduling_state, "disabled") and any(
        same(node.state, state) for state in _WORKING_STATES
    )


def running_tasks(node: Node) -> tuple[str, ...]:
    """The tasks that the node runs now; the service lists only the most recent ones by name."""
    return tuple(
        f"{task.job_id}/{task.task_id}"
        for task in node.recent_tasks or []
        if same(task.task_state, "running") and task.task_id
    )


def disturbance(nodes: Iterable[Node], chosen: Iterable[str]) -> Disturbance:
    """Weigh taking the `chosen` node ids out of scheduling against all `nodes` of their pool."""
    chosen_ids = set(chosen)
    tasks: dict[str, tuple[str, ...]] = {}
    before = after = 0
    for node in nodes:
        schedulable = takes_tasks(node)
        before += schedulable
        after += schedulable and node.id not in chosen_ids
        if node.id in chosen_ids:
            tasks[node.id] = running_tasks(node)
    return Disturbance(tasks, before, after)
