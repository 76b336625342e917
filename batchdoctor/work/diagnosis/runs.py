"""Reads what the judgement of nodes rests on: the nodes, and how often each ran and failed jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.failures.classify import has_failed
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.records import Job, Node, Task
from batchdoctor.core.suspicion.live_estimate import (
    JobSuccesses,
    blamed_node,
    count_failure,
    estimate_runs,
)
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.work.reading.chosen import chosen_jobs, chosen_pools
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading


class RunsReading(msgspec.Struct):
    """Some pools and jobs of an account, or all of them, since a moment or for all time."""

    reading: Reading
    wanted_pools: Sequence[str] | None
    wanted_jobs: Sequence[str] | None
    since: datetime | None
    pools: list[str] = msgspec.field(default_factory=list)
    nodes: list[Node] = msgspec.field(default_factory=list)
    _by_name: dict[tuple[str, str], Node] = msgspec.field(default_factory=dict)

    def read_nodes(self) -> None:
        """Read the nodes of the pools."""
        reading, client = self.reading, self.reading.client
        names = [pool.id for pool in chosen_pools(reading, self.wanted_pools)]
        for pool_id, nodes in reading.ahead(names, client.nodes):
            self.pools.append(pool_id)
            self.nodes += reading.each(f"pool {pool_id}", nodes)
        self._by_name = {(node.pool_id, node.id): node for node in self.nodes}

    def estimated_runs(self) -> RunCounts:
        """Count the failed tasks, and work out from counters how many others there were."""
        jobs = {job.id: job for job in self._jobs()}
        failures = RunCounts()
        client = self.reading.client
        for job_id, tasks in self.reading.ahead(jobs, client.failed_tasks):
            self._count(failures, job_id, tasks)
        return estimate_runs(failures, self._successes(jobs), self.nodes)

    def counted_runs(self) -> RunCounts:
        """Count every completed task."""
        counts = RunCounts()
        client = self.reading.client
        for job_id, tasks in self.reading.ahead(
            [job.id for job in self._jobs()],
            lambda job_id: client.tasks(job_id, states=["completed"], since=self.since),
        ):
            self._count(counts, job_id, tasks)
        return counts

    def _jobs(self) -> Iterator[Job]:
        """The jobs asked about that run on the pools asked about."""
        for job in chosen_jobs(self.reading, self.wanted_jobs):
            if not self.wanted_pools or pool_of(job) in self.pools:
                yield job

    def _count(self, counts: RunCounts, job_id: str, tasks: Iterator[Task]) -> None:
        for task in self.reading.each(f"job {job_id}", tasks):
            where = task.node_info
            if where and where.pool_id in self.pools and where.node_id:
                self._count_run(counts, task, where.pool_id, where.node_id)

    def _count_run(self, counts: RunCounts, task: Task, pool_id: str, node_id: str) -> None:
        execution = task.execution_info
        node = self._by_name.get((pool_id, node_id))
        blamed = blamed_node(node_id, node, execution.start_time if execution else None)
        if not has_failed(task):
            counts.add(pool_id, blamed, task.job_id)
            return
        count_failure(counts, failure_of(task), blamed)

    def _successes(self, jobs: dict[str, Job]) -> dict[str, JobSuccesses]:
        client = self.reading.client
        successes = {}
        for job_id, counts in self.reading.ahead(
            jobs, lambda job_id: only(client.task_counts, job_id)
        ):
            for count in self.reading.each(f"job {job_id}", counts):
                successes[job_id] = JobSuccesses(pool_of(jobs[job_id]) or "", count.succeeded)
        return successes


def pool_of(job: Job) -> str | None:
    """The pool that a job runs on; a job with a pool of its own names it once it has begun."""
    begun = job.execution_info.pool_id if job.execution_info else None
    return begun or (job.pool_info.pool_id if job.pool_info else None)
