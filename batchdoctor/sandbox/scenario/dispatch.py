"""What the service does while time goes by: waiting tasks start on nodes that have become free."""

from __future__ import annotations

from collections.abc import Callable

from batchdoctor.sandbox.account import job_life
from batchdoctor.sandbox.account.model import Node, Task
from batchdoctor.sandbox.account.scheduling import free_nodes, is_open, is_unblocked, start
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import seconds

_EVERY = seconds(15)
_LONG = seconds(15 * 60)
# Tasks of a scenario with one of these wait for more than a free slot.
_BOUND = {"dependsOn", "affinityInfo"}

# How a task that starts on a node now goes on: told the task, its node and the moment.
Begin = Callable[[Task, Node, int], None]


class Dispatch:
    """Starts what waits, again and again, and ends jobs that are to end with their tasks.

    What has waited for long beside an idle node when the account's time begins waits for a reason
    of the scenario, and goes on waiting.
    """

    def __init__(self, store: Store, begin: Begin) -> None:
        self._store, self._begin = store, begin
        idle = {pool.id.lower() for pool in store.pools if any(map(_is_idle, pool.nodes))}
        self._stranded = {
            task
            for job in store.jobs
            for task in job.tasks
            if task.state == "active"
            and job.pool_id.lower() in idle
            # Else it is only just about to start.
            and store.now - task.since > _LONG
        }
        store.queue += [task for task in store.tasks() if task.state == "active"]
        store.at(store.now + _EVERY, self._look)

    def _look(self, moment: int) -> None:
        waiting = [task for task in self._store.queue if task.state == "active"]
        self._store.queue[:] = [task for task in waiting if not self._start(task, moment)]
        for job in self._store.jobs:
            job_life.end_when_through(self._store, job)
        self._store.at(moment + _EVERY, self._look)

    def _start(self, task: Task, moment: int) -> bool:
        if task.job.state != "active" or task.kind.instances > 1 or task in self._stranded:
            return False
        if task.kind.sent and self._store.really_runs:
            return False
        bound = not is_unblocked(task) if task.kind.sent else _BOUND & set(task.kind.members)
        node = None if bound else next(free_nodes(self._store, task), None)
        if node is None:
            return False
        start(task, node, moment)
        self._begin(task, node, moment)
        return True


def _is_idle(node: Node) -> bool:
    return node.state == "idle" and is_open(node)
