"""Looks at one thing, with one request where one is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from batchdoctor.core.records import Job, Pool, TaskCounts
from batchdoctor.core.waits.condition import Condition, Noun
from batchdoctor.core.waits.item import Target
from batchdoctor.core.waits.job import JobSeen
from batchdoctor.core.waits.node import NodeSeen
from batchdoctor.core.waits.pool import PoolSeen
from batchdoctor.core.waits.task import TaskSeen
from batchdoctor.core.waits.verdict import Seen
from batchdoctor.errors import NotFoundError
from batchdoctor.service.client import Client
from batchdoctor.service.properties import (
    JOB_END_PROPERTIES,
    NODE_STATE_PROPERTIES,
    POOL_SIZE_PROPERTIES,
    PROGRESS_PROPERTIES,
)

Look = Callable[[], Seen]


def look_at(client: Client, target: Target, conditions: Sequence[Condition]) -> Look:
    """How to look at a thing. A look raises the errors of reading.

    What is not there raises NotFoundError at the first look, and is gone at a later one.
    """
    if target.noun is Noun.JOB:
        return JobLook(client, target.job_id or "")
    if target.noun is Noun.POOL:
        counted = any(condition.threshold for condition in conditions)
        return PoolLook(client, target.pool_id or "", counted=counted)
    if target.noun is Noun.NODE:
        may_be_gone = any(condition.goal == "gone" for condition in conditions)
        return NodeLook(client, target.pool_id or "", target.node_id or "", met=may_be_gone)
    return TaskLook(client, target.job_id or "", target.task_id or "")


class JobLook(msgspec.Struct):
    """A job: its counts each time, itself where it may have come to an end or to a halt."""

    client: Client
    job_id: str
    job: Job | None = None
    counts: TaskCounts = TaskCounts()

    def __call__(self) -> JobSeen:
        """Look once."""
        try:
            counts = self.client.task_counts(self.job_id)
            if self.job is None or self._halts(counts):
                self.job = self.client.job(self.job_id, select=JOB_END_PROPERTIES)
        except NotFoundError:
            if self.job is None:
                raise
            return JobSeen(self.counts, None)
        self.counts = counts
        return JobSeen(counts, self.job)

    def _halts(self, counts: TaskCounts) -> bool:
        """Whether nothing runs, and nothing has moved since the last look or can."""
        return not counts.running and (not counts.active or counts == self.counts)


class PoolLook(msgspec.Struct):
    """A pool: itself, or the counts of its nodes, and then itself where these do not move."""

    client: Client
    pool_id: str
    counted: bool
    seen: PoolSeen | None = None

    def __call__(self) -> PoolSeen:
        """Look once."""
        before = self.seen
        try:
            counts = next(self.client.node_counts(self.pool_id), None) if self.counted else None
            pool = before.pool if before else None
            if pool is None or before is None or counts is None or counts == before.counts:
                pool = self._pool()
        except NotFoundError:
            if before is None:
                raise
            return PoolSeen(None)
        self.seen = PoolSeen(pool, counts)
        return self.seen

    def _pool(self) -> Pool:
        return self.client.pool(self.pool_id, select=POOL_SIZE_PROPERTIES)


class NodeLook(msgspec.Struct):
    """A node; `met` is whether it was there, or its absence is what is waited for."""

    client: Client
    pool_id: str
    node_id: str
    met: bool

    def __call__(self) -> NodeSeen:
        """Look once."""
        try:
            seen = NodeSeen(
                self.client.node(self.pool_id, self.node_id, select=NODE_STATE_PROPERTIES)
            )
        except NotFoundError:
            if not self.met:
                raise
            return NodeSeen(None)
        self.met = True
        return seen


class TaskLook(msgspec.Struct):
    """A task."""

    client: Client
    job_id: str
    task_id: str
    met: bool = False

    def __call__(self) -> TaskSeen:
        """Look once."""
        try:
            seen = TaskSeen(self.client.task(self.job_id, self.task_id, select=PROGRESS_PROPERTIES))
        except NotFoundError:
            if not self.met:
                raise
            return TaskSeen(None)
        self.met = True
        return seen
