"""Reads an account for triage: counts first, then only what they show to be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.failures.by_cause import JobFailures
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Job, Node, Pool, PoolNodeCounts, Task, same
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.live_estimate import (
    JobSuccesses,
    blamed_node,
    count_failure,
    estimate_runs,
)
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.errors import BatchdoctorError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.diagnosis.job_reading import read_preparations, read_waiting
from batchdoctor.work.diagnosis.pool_reading import read_images, read_nodes
from batchdoctor.work.diagnosis.runs import pool_of
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading

UNFINISHED = ("active", "disabling", "disabled", "enabling", "terminating", "deleting")
# A request for each job: more than this takes minutes, and no account may have more active jobs
# (https://learn.microsoft.com/azure/batch/batch-quota-limit).
MOST_JOBS = 1000
# Looking at waiting tasks takes up to two requests for each job, and more for what they depend on.
MOST_STUCK = 100


class Survey(msgspec.Struct):
    """An account at a moment; failures and ended jobs of before `since` are left out."""

    reading: Reading
    at: datetime
    since: datetime | None
    pools: dict[str, PoolFacts] = msgspec.field(default_factory=dict)
    jobs: dict[str, JobFacts] = msgspec.field(default_factory=dict)
    jobs_left_out: int = 0
    waiting_left_out: Sequence[str] = ()
    """Jobs whose waiting tasks were not looked at, because there are too many of those jobs."""
    nodes: dict[tuple[str, str], Node] = msgspec.field(default_factory=dict)

    def read(self) -> None:
        """Read everything, the cheap before the dear."""
        self._read_lists()
        self._read_images()
        self._read_counts()
        self._read_nodes()
        self.read_failures()
        self._read_waiting()

    def _read_lists(self) -> None:
        """Read pools, counts of nodes and jobs; two of the three may be forbidden."""
        client, errors = self.reading.client, []
        lists: Mapping[str, Iterator[object]] = {
            "pools": client.pools(),
            "counts of nodes": client.node_counts(),
            "jobs": client.jobs(
                states=UNFINISHED if self.since else (), or_changed_since=self.since
            ),
        }
        for name, records in prefetched(lists, lambda name: lists[name]):
            try:
                for record in records:
                    self._take(record)
            except BatchdoctorError as error:
                errors.append((name, error))
        self.reading.begun = len(errors) < len(lists)
        for name, failure in errors:
            self.reading.remember(name, failure)
        self._know_pools(complete="pools" not in dict(errors))

    def _take(self, record: object) -> None:
        match record:
            case Pool():
                self.pools[record.id] = PoolFacts(pool=record, at=self.at)
            case PoolNodeCounts() if record.pool_id in self.pools:
                self.pools[record.pool_id].counts = record
            case Job():
                facts = JobFacts(job=record, at=self.at, pool_id=pool_of(record))
                self.jobs[record.id] = facts

    def _know_pools(self, *, complete: bool) -> None:
        """Give every job its pool; one that is in no complete list of pools does not exist."""
        self._leave_out_jobs()
        # A job may spell the id of its pool in another case than the pool itself.
        pools = {pool_id.lower(): facts for pool_id, facts in self.pools.items()}
        for facts in self.jobs.values():
            facts.pool = pools.get((facts.pool_id or "").lower())
            facts.pool_id = facts.pool.pool.id if facts.pool else facts.pool_id
            facts.pool_exists = facts.pool is not None or not complete or facts.pool_id is None

    def _leave_out_jobs(self) -> None:
        """Keep the unfinished jobs, and of the others those that ended last."""
        if len(self.jobs) <= MOST_JOBS:
            return
        ordered = sorted(self.jobs.values(), key=_urgency, reverse=True)
        self.jobs_left_out = len(ordered) - MOST_JOBS
        self.jobs = {facts.job.id: facts for facts in ordered[:MOST_JOBS]}

    def _read_images(self) -> None:
        images = read_images(self.reading) if self.pools and not self.reading.stopped else None
        for facts in self.pools.values():
            facts.images = images

    def _read_counts(self) -> None:
        client = self.reading.client
        for job_id, counts in self.reading.ahead(
            self.jobs, lambda name: only(client.task_counts, name)
        ):
            facts = self.jobs[job_id]
            for count in self.reading.each(f"task counts of job {job_id}", counts):
                facts.counts = count
            if facts.pool and facts.active and same(facts.job.state, "active"):
                facts.pool.waiting = {**facts.pool.waiting, job_id: facts.active}

    def _read_nodes(self) -> None:
        failing = {facts.pool_id for facts in self._failing()}
        wanted = [
            pool_id
            for pool_id, facts in self.pools.items()
            if pool_id in failing or _has_bad_nodes(facts)
        ]
        for pool_id, nodes in self.reading.ahead(wanted, self.reading.client.nodes):
            read_nodes(self.reading, self.pools[pool_id], nodes)

    def _failing(self) -> list[JobFacts]:
        return [facts for facts in self.jobs.values() if facts.counts and facts.counts.failed]

    def read_jobs_of(self, pool: PoolFacts) -> None:
        """Read the unfinished jobs of a single pool: who waits for it, and what failed on it."""
        jobs = self.reading.client.jobs(states=UNFINISHED)
        for job in self.reading.each("jobs", jobs):
            if same(pool_of(job), pool.pool.id):
                self._take(job)
        self._know_pools(complete=False)
        self._read_counts()
        self.read_failures()

    def read_failures(self) -> None:
        """Read the failed tasks once, for the jobs and for the nodes."""
        self.nodes = {
            (pool_id, node.id): node
            for pool_id, facts in self.pools.items()
            for node in facts.nodes or ()
        }
        client, failures = self.reading.client, RunCounts()
        failing = {facts.job.id: facts for facts in self._failing()}
        for job_id, tasks in self.reading.ahead(
            # All of them: the counters that they are compared with know no span of time either.
            failing,
            client.failed_tasks,
        ):
            facts = failing[job_id]
            depended_on = bool(facts.job.uses_task_dependencies and facts.active)
            facts.failures = JobFailures(job_id, failed_ids=set() if depended_on else None)
            for task in self.reading.each(f"failed tasks of job {job_id}", tasks):
                self._count(failures, facts.failures, task)
        self._suspect(failures)

    def _suspect(self, failures: RunCounts) -> None:
        successes = {
            facts.job.id: JobSuccesses(facts.pool_id or "", facts.counts.succeeded)
            for facts in self.jobs.values()
            if facts.counts
        }
        for suspicion in judge(estimate_runs(failures, successes, self.nodes.values())):
            last = suspicion.last_failure_time
            old = self.since and last and last < self.since
            if (pool := self.pools.get(suspicion.pool_id)) and not old:
                pool.suspicions = [*pool.suspicions, suspicion]

    def _count(self, runs: RunCounts, failures: JobFailures, task: Task) -> None:
        where = task.node_info
        pool_id = (where.pool_id if where else None) or ""
        node_id = (where.node_id if where else None) or ""
        node = self.nodes.get((pool_id, node_id))
        failure = failure_of(task, node_state=node.state if node else None)
        ended = failure.end_time
        failures.add(failure, recent=not (self.since and ended and ended < self.since))
        if pool_id in self.pools and node_id:
            count_failure(runs, failure, blamed_node(node_id, node, failure.start_time))

    def _read_waiting(self) -> None:
        """Read who waits, where the counts say that it may be for ever: most tasks first."""
        stuck = [facts for facts in self.jobs.values() if _may_be_stuck(facts)]
        stuck.sort(key=lambda facts: -facts.active)
        self.waiting_left_out = [facts.job.id for facts in stuck[MOST_STUCK:]]
        read_preparations(self.reading, [facts for facts in stuck[:MOST_STUCK] if _prepares(facts)])
        read_waiting(self.reading, stuck[:MOST_STUCK])


def _prepares(facts: JobFacts) -> bool:
    return facts.job.job_preparation_task is not None


def _may_be_stuck(facts: JobFacts) -> bool:
    """Whether tasks wait, and the counts say that it may be for ever."""
    counts = facts.counts
    if counts is None or not counts.active or not same(facts.job.state, "active"):
        return False
    blocked = bool(facts.job.uses_task_dependencies and counts.failed)
    return blocked or _prepares(facts) or not counts.running


def _urgency(facts: JobFacts) -> tuple[bool, float]:
    changed = facts.job.state_transition_time
    return not same(facts.job.state, "completed"), changed.timestamp() if changed else 0.0


def _has_bad_nodes(facts: PoolFacts) -> bool:
    kinds = (facts.counts.dedicated, facts.counts.low_priority) if facts.counts else ()
    return any(
        getattr(kind, state)
        for kind in kinds
        if kind
        for state in kind.__struct_fields__
        if state != "total" and not has_trait(state, Trait.WORKS)
    )
