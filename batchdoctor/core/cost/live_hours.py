"""What the nodes and tasks of a live account tell of node hours: an estimate.

The service keeps of each task its last run, and of each node the state that it is in: what came
before is told by the times of its allocation, its last boot and its start task, or is taken for
idle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from batchdoctor.core.cost.purpose import Purpose, purpose_of_state
from batchdoctor.core.cost.reckoning import WithoutTask
from batchdoctor.core.cost.runs import Runs, code_of
from batchdoctor.core.cost.told import microseconds
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.names import folded
from batchdoctor.core.records import Node, Task, same
from batchdoctor.core.records.task import TaskExecution

# From allocation to the first boot a node takes minutes; later boots are others.
_COMING_UP = 30 * 60 * 1_000_000
_UNTOLD = TaskExecution()


class LiveHours:
    """Runs and nodes of an account at a moment; only those of `pools`, if any are given.

    `earlier` counts runs before the last one of their task, of which nobody tells.
    """

    def __init__(self, at: datetime) -> None:
        self.runs = Runs()
        self.nodes: dict[str, dict[str, tuple[WithoutTask, ...]]] = {}
        self.earlier = self.nowhere = 0
        self._at = microseconds(at)

    def add_pool(self, pool_id: str) -> None:
        """Know a pool."""
        self.runs.pool(pool_id)
        self.nodes.setdefault(folded(pool_id), {})

    def add_node(self, node: Node) -> None:
        """Take notice of a node that is there now."""
        there = tuple(_without_tasks(node, self._at))
        self.nodes.setdefault(folded(node.pool_id), {})[node.id] = there

    def add_task(self, task: Task) -> None:
        """Take notice of the last run of a task that ran on one of the known pools."""
        execution, node = task.execution_info or _UNTOLD, task.node_info
        pool_id, node_id = (node.pool_id, node.node_id) if node else (None, None)
        before = (execution.retry_count or 0) + (execution.requeue_count or 0)
        if pool_id and folded(pool_id) not in self.nodes:
            return
        if execution.start_time is None:
            self.earlier += before
            return
        if not pool_id or not node_id:
            self.nowhere += 1
            return
        self.earlier += before
        start = microseconds(execution.start_time)
        end = microseconds(execution.end_time) if execution.end_time else self._at
        purpose = _purpose(task, before)
        job = self.runs.job(task.job_id)
        number = task_number(task.job_id, task.id)
        self.runs.pool(pool_id).node(node_id).add(
            start, max(start, end), number, code_of(job, purpose)
        )


def task_number(job_id: str, task_id: str) -> int:
    """The number of a task among runs; the same for all spellings of its ids."""
    return hash((folded(job_id), folded(task_id)))


def _purpose(task: Task, before: int) -> Purpose:
    execution = task.execution_info or _UNTOLD
    if execution.end_time is None or same(task.state, "running"):
        return Purpose.RUNNING
    if before:
        return Purpose.REPEATED
    return Purpose.FAILED if has_failed(task) else Purpose.SUCCEEDED


def _without_tasks(node: Node, at: int) -> Iterator[WithoutTask]:
    """What a node did without a task since it was allocated, as far as its times tell."""
    since = _moment(node.state_transition_time)
    boot = _moment(node.last_boot_time)
    start_task = node.start_task_info
    ready = _moment(start_task.end_time) if start_task else None
    known = [each for each in (_moment(node.allocation_time), boot, since) if each is not None]
    if not known:
        return
    born = min(known)
    now = purpose_of_state(node.state)
    if now is Purpose.IDLE and same(node.scheduling_state, "disabled"):
        now = Purpose.OFFLINE
    booted = max(boot or born, born)
    up = max(ready if ready is not None and ready >= booted else booted, booted)
    changed = max(since if since is not None else up, born)
    first = Purpose.STARTING if booted - born <= _COMING_UP else Purpose.NO_TASK
    before = Purpose.IDLE if now in {Purpose.IDLE, Purpose.OFFLINE} else Purpose.NO_TASK
    parts = ((booted, first), (up, Purpose.STARTING), (changed, before), (at, now))
    begun = born
    for until, purpose in parts:
        # The state that it is in now holds since it changed, whatever its other times are.
        last = until if until == at else min(until, changed)
        if begun < last:
            yield WithoutTask(begun, last, purpose)
            begun = last


def _moment(moment: datetime | None) -> int | None:
    return microseconds(moment) if moment else None
