"""What the service does while time goes by: waiting tasks start on nodes that have become free."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from batchdoctor.sandbox.account import job_life, task_life
from batchdoctor.sandbox.account.model import Job, Node, Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import seconds

_EVERY = seconds(15)
_LONG = seconds(15 * 60)
_IN_SERVICE = {"idle", "running"}
# Tasks with one of these wait for more than a free slot.
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
        self._ending = [
            job
            for job in store.jobs
            if job.state == "active" and job.shape.get("onAllTasksComplete") == "terminatejob"
        ]
        store.queue += [task for task in store.tasks() if task.state == "active"]
        store.at(store.now + _EVERY, self._look)

    def _look(self, moment: int) -> None:
        waiting = [task for task in self._store.queue if task.state == "active"]
        self._store.queue[:] = [task for task in waiting if not self._start(task, moment)]
        for job in [job for job in self._ending if _is_through(job)]:
            self._ending.remove(job)
            if job.state == "active":
                job_life.terminate(self._store, job, "AllTasksComplete")
        self._store.at(moment + _EVERY, self._look)

    def _start(self, task: Task, moment: int) -> bool:
        if task.job.state != "active" or task.kind.instances > 1 or task in self._stranded:
            return False
        if _BOUND & set(task.kind.members):
            return False
        node = next(self._free(task), None)
        if node is None:
            return False
        if node.state == "idle":
            node.state, node.since = "running", moment
        task_life.move(task, "running", moment)
        task.started = moment
        task_life.attach(task, node)
        self._begin(task, node, moment)
        return True

    def _free(self, task: Task) -> Iterator[Node]:
        """The nodes that a task can start on."""
        unprepared = {run.node_id for run in task.job.preparations if run.recipe or not run.ended}
        pool = next(
            (p for p in self._store.pools if p.id.lower() == task.job.pool_id.lower()), None
        )
        for node in pool.nodes if pool is not None and pool.state == "active" else ():
            used = sum(each.kind.slots for each in node.running)
            if (
                _is_open(node)
                and used + task.kind.slots <= node.pool.slots
                and node.id not in unprepared
            ):
                yield node


def _is_open(node: Node) -> bool:
    in_service = node.state in _IN_SERVICE and node.scheduling == "enabled"
    return in_service and node.reachable and node.pending_state is None


def _is_idle(node: Node) -> bool:
    return node.state == "idle" and _is_open(node)


def _is_through(job: Job) -> bool:
    return all(task.state == "completed" for task in job.tasks)
