"""What the checks look at: a pool or a job with all that was read about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.failures.by_cause import JobFailures
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import (
    Job,
    Node,
    NodeStateCounts,
    Pool,
    PoolNodeCounts,
    PreparationStatus,
    SupportedImage,
    Task,
    TaskCounts,
)
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.deployed_tasks import TaskDeployment
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import Rise

_NO_COUNTS = NodeStateCounts()


class PoolFacts(msgspec.Struct, kw_only=True):
    """A pool as it was `at` a moment. What is None was not read.

    `nodes` are all of its nodes, unless the listing broke off: then they are `nodes_partial`.
    """

    pool: Pool
    at: datetime
    counts: PoolNodeCounts | None = None
    nodes: Sequence[Node] | None = None
    nodes_partial: bool = False
    suspicions: Sequence[Suspicion] = ()
    images: Sequence[SupportedImage] | None = None
    """What the service lists as supported."""
    waiting: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Jobs that run on the pool to the number of their active tasks, where there are any."""
    waiting_since: datetime | None = None
    """Since when the first of those wait, as far as they were looked at."""

    @property
    def waits(self) -> int:
        """How many tasks wait for the pool."""
        return sum(self.waiting.values())

    @property
    def stopped(self) -> int:
        """How many tasks wait for it while none of its nodes works."""
        return 0 if self.with_trait(Trait.WORKS) else self.waits

    def in_states(self, *states: str) -> int:
        """How many nodes the counts have in these states, named as fields of the counts."""
        kinds = (self.counts.dedicated, self.counts.low_priority) if self.counts else ()
        return sum(getattr(kind or _NO_COUNTS, state) for kind in kinds for state in states)

    def with_trait(self, trait: Trait) -> int:
        """How many nodes the counts have in states of a trait."""
        names = _NO_COUNTS.__struct_fields__
        return self.in_states(*(name for name in names if has_trait(name, trait)))

    @property
    def counts_look_bad(self) -> bool:
        """Whether the counts have nodes that neither work nor wait for work."""
        return self.in_states("total") > self.with_trait(Trait.WORKS)

    @property
    def idles_while_tasks_wait(self) -> bool:
        """Whether nodes have nothing to do while tasks wait for the pool."""
        return bool(self.waiting) and bool(self.in_states("idle"))

    @property
    def idles(self) -> bool:
        """Whether all of its nodes have nothing to do, and no task waits."""
        return not self.waiting and 0 < self.in_states("total") == self.in_states("idle")


class Rival(msgspec.Struct, kw_only=True):
    """Another job of the same pool that has waiting tasks."""

    job_id: str
    priority: int
    waiting: int


class JobFacts(msgspec.Struct, kw_only=True):
    """A job as it was `at` a moment. What is None was not read."""

    job: Job
    at: datetime
    pool_id: str | None
    pool: PoolFacts | None = None
    pool_exists: bool = True
    counts: TaskCounts | None = None
    listed: TaskCounts | None = None
    """Tasks counted one by one."""
    waiting: Sequence[Task] | None = None
    """Active tasks; perhaps the first of many."""
    running: Sequence[Task] | None = None
    """Tasks that run or are being prepared; perhaps the first of many."""
    ended: Sequence[Task] = ()
    """Some tasks that succeeded, to compare those with that run."""
    manager_id: str | None = None
    """The job manager's task, where that was read: it runs for as long as the others."""
    unfinished_partial: bool = False
    """Whether the listing of waiting or running tasks broke off."""
    dependencies: Mapping[str, Task | None] = msgspec.field(default_factory=dict)
    """Tasks that waiting tasks depend on, None for one that does not exist."""
    preparations: Sequence[PreparationStatus] | None = None
    preparations_partial: bool = False
    """Whether the listing of those broke off."""
    failures: JobFailures | None = None
    failures_partial: bool = False
    """Whether the listing of those broke off."""
    rivals: Sequence[Rival] = ()
    unlisted: int = 0
    """Successes that the nodes counted and no list of tasks has, where this job lists none."""
    rise: Rise | None = None
    """Since when it fails, if it did not before."""
    common_rise: CommonRise | None = None
    """Since when it fails together with most other jobs."""
    deployed: Sequence[TaskDeployment] = ()
    """What its tasks, or those of jobs like it, ran for the first time about then."""
    outages: Sequence[Outage] = ()
    """Outages of services that struck it together with other jobs."""
    others_left_out: int = 0
    """Jobs of its pool that were too many to be asked about the nodes that it accuses."""

    @property
    def active(self) -> int:
        """How many tasks wait, as far as is known."""
        return self.counts.active if self.counts else len(self.waiting or ())

    @property
    def unfinished(self) -> bool:
        """Whether tasks wait or run, or may do so: the counts were not read."""
        counts = self.counts
        return counts is None or bool(counts.active or counts.running)
