"""Reads what the judgement of nodes rests on: the nodes, and how often each ran and failed jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

from batchdoctor.core.failures.classify import has_failed
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.nodes.then import state_then
from batchdoctor.core.records import Job, Node, Task, TaskCounts, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.hidden import hidden_failures
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.live_estimate import JobSuccesses, estimate_runs
from batchdoctor.core.suspicion.live_runs import (
    LiveRuns,
    as_estimated,
    since_restart,
)
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.unlisted import failures_by_job, guarded, with_unlisted
from batchdoctor.work.diagnosis.ended_tasks import can_be_listed, ended_tasks
from batchdoctor.work.diagnosis.listening import judge_and_listen
from batchdoctor.work.diagnosis.unlisted import read_unlisted
from batchdoctor.work.reading.chosen import chosen_jobs, chosen_pools
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.reading.spelling import in_own_spelling, own_id


class RunsReading(msgspec.Struct):
    """Some pools and jobs of an account, or all of them, since a moment or for all time."""

    reading: Reading
    wanted_pools: Sequence[str] | None
    wanted_jobs: Sequence[str] | None
    since: datetime | None
    pools: list[str] = msgspec.field(default_factory=list)
    communication_modes: dict[str, str | None] = msgspec.field(default_factory=dict)
    nodes: list[Node] = msgspec.field(default_factory=list)
    empty_pools: list[str] = msgspec.field(default_factory=list)
    """Pools that have no nodes now."""
    jobs: int = 0
    """How many jobs' failures were weighed."""
    _by_name: dict[tuple[str, str], Node] = msgspec.field(default_factory=dict)

    def read_nodes(self) -> None:
        """Read the nodes of the pools."""
        reading, client = self.reading, self.reading.client
        chosen = list(chosen_pools(reading, self.wanted_pools))
        self.communication_modes = {
            pool.id: pool.current_node_communication_mode for pool in chosen
        }
        for pool_id, nodes in reading.ahead(
            [pool.id for pool in chosen], client.nodes, unit="pools"
        ):
            self.pools.append(pool_id)
            before = len(self.nodes), len(reading.problems)
            self.nodes += reading.each(f"pool {pool_id}", nodes, unit="nodes")
            if (len(self.nodes), len(reading.problems)) == before:
                self.empty_pools.append(pool_id)
        self._by_name = {(node.pool_id, node.id): node for node in self.nodes}

    def suspicions(self, *, min_failures: int, exact: bool) -> list[Suspicion]:
        """Judge the nodes; `exact` lists every ended task, else those of jobs that had failures.

        Of jobs that are too large to list, the runs of each node are estimated from counters, and
        nobody is accused by that.
        """
        jobs = {job.id: job for job in self._jobs()}
        if exact:
            every = self.counted_runs(jobs)
            counts = self._task_counts(jobs) if self._all_failed(every.counts) else {}
            return self._with_hidden(every, self._judged_whole(every, jobs, counts, min_failures))
        counts = self._task_counts(jobs)
        failing = {job_id: count for job_id, count in counts.items() if count.failed}
        runs, listed = LiveRuns(self._by_name), can_be_listed(failing)
        for job_id, tasks in ended_tasks(self.reading, failing, exact=listed):
            self._count(runs, job_id, tasks)
        if listed:
            return self._with_hidden(runs, self._judged_whole(runs, jobs, counts, min_failures))
        successes = {
            job_id: JobSuccesses(self._pool_of(jobs[job_id]) or "", count.succeeded)
            for job_id, count in counts.items()
        }

        def estimated() -> RunCounts:
            return estimate_runs(runs.counts, successes, self.nodes)

        return [as_estimated(found) for found in self._judged(runs, estimated, min_failures)]

    def _with_hidden(self, runs: LiveRuns, judged: list[Suspicion]) -> list[Suspicion]:
        """Add nodes that hide failures, where all failures were read that the counters may mean."""
        if self.wanted_jobs or self.since:
            return judged
        named = {(found.pool_id, found.node_id) for found in judged}
        return judged + hidden_failures(self.nodes, runs.failed_attempts, named)

    def _judged(
        self, runs: LiveRuns, counts: Callable[[], RunCounts], min_failures: int
    ) -> list[Suspicion]:
        return [
            since_restart(found, self._by_name.get((found.pool_id, found.node_id)))
            for found in judge_and_listen(self.reading, runs, counts, min_failures=min_failures)
        ]

    def _judged_whole(
        self,
        runs: LiveRuns,
        jobs: Mapping[str, Job],
        counts: Mapping[str, TaskCounts],
        min_failures: int,
    ) -> list[Suspicion]:
        """Judge by listed tasks, and by what only the nodes' counters tell of deleted ones."""
        failures = failures_by_job(runs.counts)
        unlisted = self._add_unlisted(runs.counts, jobs, counts)
        judged = self._judged(runs, lambda: runs.counts, min_failures)
        return guarded(judged, unlisted, failures)

    @staticmethod
    def _all_failed(counts: RunCounts) -> bool:
        """Whether of some job failures are listed and no success, which may have been deleted."""
        jobs: dict[str, bool] = {}
        for nodes in counts.pools.values():
            for node in nodes.values():
                for job_id, job in node.jobs.items():
                    jobs[job_id] = jobs.get(job_id, True) and job.failures == job.runs
        return any(jobs.values())

    def _add_unlisted(
        self, runs: RunCounts, jobs: Mapping[str, Job], counts: Mapping[str, TaskCounts]
    ) -> dict[str, bool]:
        """Add successes that only the nodes tell of; by pool, whether it is known on which node."""
        added = {}
        for pool_id in self.pools:
            nodes = [node for node in self.nodes if node.pool_id == pool_id]
            listed = {
                job_id: (count.succeeded, count.failed)
                for job_id, count in counts.items()
                if same(pool_of(jobs[job_id]), pool_id)
            }
            unlisted = read_unlisted(self.reading, pool_id, listed, nodes)
            if unlisted is not None:
                added[pool_id] = with_unlisted(runs, unlisted, nodes)
        return added

    def counted_runs(self, jobs: Collection[str]) -> LiveRuns:
        """Count every completed task of some jobs."""
        runs = LiveRuns(self._by_name)
        client = self.reading.client
        for job_id, tasks in self.reading.ahead(
            list(jobs),
            lambda job_id: client.ended_tasks(job_id, since=self.since),
        ):
            self._count(runs, job_id, tasks)
        return runs

    def _jobs(self) -> Iterator[Job]:
        """The jobs asked about that run on the pools asked about."""
        for job in chosen_jobs(self.reading, self.wanted_jobs):
            if not self.wanted_pools or self._pool_of(job) in self.pools:
                self.jobs += 1
                yield job

    def _pool_of(self, job: Job) -> str | None:
        return own_id(pool_of(job), self.pools)

    def _count(self, runs: LiveRuns, job_id: str, tasks: Iterator[Task]) -> None:
        total = partial(self._completed, job_id)
        read = self.reading.each(f"job {job_id}", tasks, unit="tasks", total=total)
        for task in in_own_spelling(read, self.pools):
            where = task.node_info
            if where and where.pool_id in self.pools and where.node_id:
                runs.add(task, self._failure(task) if has_failed(task) else None)

    def _completed(self, job_id: str) -> int | None:
        """How many ended tasks a job has; since a moment nobody knows."""
        return None if self.since else self.reading.client.task_counts(job_id).completed

    def _failure(self, task: Task) -> Failure:
        where, execution = task.node_info, task.execution_info
        key = ((where.pool_id or "", where.node_id or "")) if where else ("", "")
        ended = execution.end_time if execution else None
        return failure_of(task, node_state=state_then(self._by_name.get(key), ended))

    def _task_counts(self, jobs: Mapping[str, Job]) -> dict[str, TaskCounts]:
        client = self.reading.client
        found = {}
        for job_id, counts in self.reading.ahead(
            list(jobs), lambda job_id: only(client.task_counts, job_id)
        ):
            for count in self.reading.each(f"job {job_id}", counts):
                found[job_id] = count
        return found
