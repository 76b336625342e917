"""What a change to some nodes of a pool would disturb, worked out before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from batchdoctor.core.names import folded
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, same


class Disturbance(msgspec.Struct, frozen=True):
    """The chosen nodes that exist, by folded id, and the pool's schedulable ones before and after.

    `after` is what is left if the chosen nodes are taken out of scheduling.
    """

    nodes: Mapping[str, Node]
    schedulable_before: int
    schedulable_after: int

    @property
    def lost_share(self) -> float:
        """The share of the pool's schedulable nodes that goes, from 0 to 1."""
        lost = self.schedulable_before - self.schedulable_after
        return lost / self.schedulable_before if lost else 0.0


class RunningTasks(msgspec.Struct, frozen=True):
    """What runs on a node: tasks as `JOB/TASK`, and how many more are not known by name."""

    names: tuple[str, ...]
    unnamed: int


def takes_tasks(node: Node) -> bool:
    """Whether the service may schedule tasks on the node."""
    return has_trait(node.state, Trait.WORKS) and not same(node.scheduling_state, "disabled")


def running_tasks(node: Node) -> RunningTasks:
    """The tasks that the node runs now; the service names only the most recent ones."""
    names = tuple(
        f"{task.job_id}/{task.task_id}"
        for task in node.recent_tasks or []
        if same(task.task_state, "running") and task.task_id
    )
    return RunningTasks(names, max((node.running_tasks_count or 0) - len(names), 0))


def disturbance(nodes: Iterable[Node], chosen: Iterable[str]) -> Disturbance:
    """Weigh taking the `chosen` node ids out of scheduling against all `nodes` of their pool."""
    chosen_ids = {folded(each) for each in chosen}
    there: dict[str, Node] = {}
    before = after = 0
    for node in nodes:
        schedulable = takes_tasks(node)
        before += schedulable
        is_chosen = folded(node.id) in chosen_ids
        after += schedulable and not is_chosen
        if is_chosen:
            there[folded(node.id)] = node
    return Disturbance(there, before, after)
