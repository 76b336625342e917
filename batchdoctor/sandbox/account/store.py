"""The one store of an account's state: look-ups, and a timeline of what is still to happen."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

from batchdoctor.sandbox.account.model import Job, Node, Pool, Task
from batchdoctor.sandbox.clock import seconds
from batchdoctor.sandbox.protocol.refusals import ServiceError

Effect = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Timings:
    """How long the account's machinery takes, in seconds."""

    reboot: float = 90.0
    reimage: float = 240.0
    deallocate: float = 60.0
    start: float = 120.0
    start_task: float = 30.0
    remove: float = 60.0
    resize: float = 180.0
    terminate: float = 10.0


class Store:
    """Everything in the account, found by id as the service does it: case does not matter."""

    def __init__(self, url: str, timings: Timings, lag: float = 0.0) -> None:
        self.url = url
        self.timings = timings
        # Seconds from the answer to a change until the state of a node shows it.
        self.lag = lag
        # Tasks that may wait for a node; those that wait no more are dropped by who reads it.
        self.queue: list[Task] = []
        # Whether the tasks that are created run as processes, which nothing else may start then.
        self.really_runs = False
        self.now = 0
        self._pools: dict[str, Pool] = {}
        self._jobs: dict[str, Job] = {}
        self._timeline: list[tuple[int, int, Effect]] = []
        self._order = count(1)

    def next_seq(self) -> int:
        """Return a number larger than all before: the order of listings."""
        return next(self._order)

    def add_pool(self, pool: Pool) -> None:
        """Put a pool into the account."""
        self._pools[pool.id.lower()] = pool

    def add_job(self, job: Job) -> None:
        """Put a job, with its tasks, into the account."""
        self._jobs[job.id.lower()] = job

    @property
    def pools(self) -> list[Pool]:
        """All pools in listing order."""
        return list(self._pools.values())

    @property
    def jobs(self) -> list[Job]:
        """All jobs in listing order."""
        return list(self._jobs.values())

    def tasks(self) -> Iterable[Task]:
        """All tasks of all jobs."""
        return (task for job in self._jobs.values() for task in job.tasks)

    def pool(self, pool_id: str) -> Pool:
        """Return a pool, or refuse with PoolNotFound."""
        pool = self._pools.get(pool_id.lower())
        if pool is None:
            raise ServiceError("PoolNotFound")
        return pool

    def find_node(self, pool_id: str | None, node_id: str | None) -> Node | None:
        """Return a node, None when it (or its pool) is not there any more."""
        pool = self._pools.get((pool_id or "").lower())
        wanted = (node_id or "").lower()
        return next((n for n in pool.nodes if n.id.lower() == wanted), None) if pool else None

    def node(self, pool_id: str, node_id: str) -> Node:
        """Return a node, or refuse with PoolNotFound or NodeNotFound."""
        found = self.find_node(self.pool(pool_id).id, node_id)
        if found is None:
            raise ServiceError("NodeNotFound")
        return found

    def job(self, job_id: str) -> Job:
        """Return a job, or refuse with JobNotFound."""
        job = self._jobs.get(job_id.lower())
        if job is None:
            raise ServiceError("JobNotFound")
        return job

    def has_job(self, job_id: str) -> bool:
        """Whether there is a job of this id."""
        return job_id.lower() in self._jobs

    def task(self, job_id: str, task_id: str) -> Task:
        """Return a task, or refuse with JobNotFound or TaskNotFound."""
        task = self.job(job_id).by_id.get(task_id.lower())
        if task is None:
            raise ServiceError("TaskNotFound")
        return task

    def after(self, delay: float, effect: Effect) -> None:
        """Let something happen a number of seconds from now."""
        self.at(self.now + seconds(delay), effect)

    def at(self, moment: int, effect: Effect) -> None:
        """Let something happen at a moment; it is told that moment."""
        heapq.heappush(self._timeline, (moment, self.next_seq(), effect))

    def settle(self, now: int) -> None:
        """Bring the account to a moment: all that was due by then happens, in order."""
        while self._timeline and self._timeline[0][0] <= now:
            moment, _, effect = heapq.heappop(self._timeline)
            self.now = moment
            effect(moment)
        self.now = max(self.now, now)
