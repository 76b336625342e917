"""Reads an account for triage: counts first, then only what they show to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

from batchdoctor.core.checked import Span
from batchdoctor.core.failures.by_cause import JobFailures
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.examined import Grounds
from batchdoctor.core.nodes.then import state_then
from batchdoctor.core.records import Job, Node, Pool, PoolNodeCounts, Task, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.hidden import hidden_failures
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.live_estimate import JobSuccesses, estimate_runs
from batchdoctor.core.suspicion.live_runs import (
    LiveRuns,
    as_estimated,
    since_restart,
)
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.unlisted import failures_by_job, guarded, with_unlisted
from batchdoctor.errors import BatchdoctorError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.diagnosis.ended_tasks import can_be_listed, ended_tasks, how_many
from batchdoctor.work.diagnosis.listening import judge_and_listen
from batchdoctor.work.diagnosis.narrowing import Narrowing, jobs_to_add, most_urgent, narrowed
from batchdoctor.work.diagnosis.pool_reading import read_images, read_nodes
from batchdoctor.work.diagnosis.releases import read_releases
from batchdoctor.work.diagnosis.times import tell_times
from batchdoctor.work.diagnosis.unfinished import read_unfinished_jobs
from batchdoctor.work.diagnosis.unlisted import read_unlisted
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.reading.spelling import in_own_spelling

UNFINISHED = ("active", "disabling", "disabled", "enabling", "terminating", "deleting")
# Pools that only idle cost a request each; the largest cost most money.
MOST_IDLE = 10

# Of more pools than this, only those in which something failed are looked into.
MOST_POOLS = 20
Guard = Callable[[list[Suspicion]], list[Suspicion]]


class Survey(msgspec.Struct):
    """An account at a moment; failures and ended jobs of before `since` are left out."""

    reading: Reading
    at: datetime
    since: datetime | None
    narrowing: Narrowing = Narrowing()
    pools: dict[str, PoolFacts] = msgspec.field(default_factory=dict)
    jobs: dict[str, JobFacts] = msgspec.field(default_factory=dict)
    jobs_left_out: int = 0
    waiting_left_out: Sequence[str] = ()
    """Jobs whose waiting tasks were not looked at, because there are too many of those jobs."""
    nodes: dict[tuple[str, str], Node] = msgspec.field(default_factory=dict)
    unread: set[str] = msgspec.field(default_factory=set)
    """The lists that could not be read."""
    history: History | None = None
    """When what ran, of the jobs in which something failed."""
    seen: Callable[[Task, Failure | None], None] | None = None
    """Is shown each ended task that is read, and its failure where it failed."""
    said: Mapping[tuple[str, str], str] = msgspec.field(default_factory=dict)
    """What the words of some failed tasks tell, by job and task."""

    @property
    def grounds(self) -> Grounds:
        """What a verdict rests on."""
        return Grounds(
            pools=list(self.pools.values()),
            jobs=list(self.jobs.values()),
            span=Span(self.since, self.at),
            unread=self.unread,
            left_out=self.jobs_left_out,
            waiting_left_out=len(self.waiting_left_out),
        )

    def read(self) -> None:
        """Read everything, the cheap before the dear."""
        self._read_lists()
        self._read_images()
        self._read_what_ran()
        self._read_unfinished()

    def read_past(self) -> None:
        """Read only what tells of the past: what waits or is to come is left out."""
        self._read_lists()
        self._read_what_ran()

    def _read_what_ran(self) -> None:
        self._read_counts()
        self._read_nodes()
        self.read_failures()

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
            self.unread.add(name)
        self._know_pools(complete="pools" not in dict(errors))
        if self.narrowing.narrows:
            self._narrow()

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
        kept = most_urgent(self.jobs)
        self.jobs_left_out += len(self.jobs) - len(kept)
        self.jobs = kept
        # A job may spell the id of its pool in another case than the pool itself.
        pools = {pool_id.lower(): facts for pool_id, facts in self.pools.items()}
        for facts in self.jobs.values():
            facts.pool = pools.get((facts.pool_id or "").lower())
            facts.pool_id = facts.pool.pool.id if facts.pool else facts.pool_id
            facts.pool_exists = facts.pool is not None or not complete or facts.pool_id is None

    def _narrow(self) -> None:
        """Leave out what is not meant. Raises NotFoundError for a name that nothing has."""
        client = self.reading.client
        for job in jobs_to_add(client, self.narrowing, self.pools, self.jobs):
            self._take(job)
        self._know_pools(complete="pools" not in self.unread)
        self.pools, self.jobs = narrowed(self.narrowing, self.pools, self.jobs)

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
        # Nodes may tell of failures that no task does. That is looked for before a small account
        # is called well.
        quiet = not self._failing() and len(self.pools) <= MOST_POOLS
        of_jobs = self.jobs.values() if quiet else self._failing()
        ran = {facts.pool_id for facts in of_jobs if facts.counts and facts.counts.completed}
        wanted = [
            pool_id
            for pool_id, facts in self.pools.items()
            if pool_id in ran or facts.counts_look_bad or facts.idles_while_tasks_wait
        ]
        idle = [pool_id for pool_id, facts in self.pools.items() if facts.idles]
        idle.sort(key=lambda pool_id: -self.pools[pool_id].in_states("total"))
        wanted += [pool_id for pool_id in idle[:MOST_IDLE] if pool_id not in wanted]
        for pool_id, nodes in self.reading.ahead(wanted, self.reading.client.nodes, unit="pools"):
            read_nodes(self.reading, self.pools[pool_id], nodes)

    def _failing(self) -> list[JobFacts]:
        return [facts for facts in self.jobs.values() if facts.counts and facts.counts.failed]

    def read_jobs_of(self, pool: PoolFacts) -> None:
        """Read the unfinished jobs of a single pool: who waits for it, and what failed on it."""
        jobs, problems = self.reading.client.jobs(states=UNFINISHED), len(self.reading.problems)
        for job in self.reading.each("jobs", jobs):
            if same(pool_of(job), pool.pool.id):
                self._take(job)
        if len(self.reading.problems) > problems:
            self.unread.add("jobs")
        self._know_pools(complete=False)
        self._read_counts()
        self.read_failures()
        self._read_unfinished()

    def read_failures(self) -> None:
        """Read the failed tasks once, for the jobs and for the nodes."""
        self.nodes = {
            (pool_id, node.id): node
            for pool_id, facts in self.pools.items()
            for node in facts.nodes or ()
        }
        failing = {facts.job.id: facts for facts in self._failing()}
        jobs = {job_id: facts.counts for job_id, facts in failing.items()}
        exact, runs = can_be_listed(jobs), LiveRuns(self.nodes)
        # All of them, whatever the span of time: what failed before it is what it is compared with.
        for job_id, tasks in ended_tasks(self.reading, jobs, exact=exact):
            facts = failing[job_id]
            depended_on = bool(facts.job.uses_task_dependencies and facts.active)
            facts.failures = JobFailures(job_id, failed_ids=set() if depended_on else None)
            problems = len(self.reading.problems)
            total = partial(how_many, facts.counts, exact=exact)
            read = self.reading.each(f"tasks of job {job_id}", tasks, unit="tasks", total=total)
            for task in in_own_spelling(read, self.pools):
                self._count(runs, facts.failures, task)
            facts.failures_partial = len(self.reading.problems) > problems or self.reading.stopped
        self.history = runs.counts.history
        own = failures_by_job(runs.counts)
        unlisted = self._find_unlisted(runs, exact=exact)
        self._suspect(runs, lambda judged: guarded(judged, unlisted, own), exact=exact)
        self.said = runs.said
        if exact:
            tell_times(self.jobs, self.pools.values(), runs.counts.history, self.since)
            read_releases(self.reading, self.jobs)

    def _find_unlisted(self, runs: LiveRuns, *, exact: bool) -> dict[str, bool]:
        """Add successes that only the nodes tell of; by pool, whether it is known on which node."""
        added = {}
        for pool_id, pool in self.pools.items():
            listed = {
                facts.job.id: (facts.counts.succeeded, facts.counts.failed)
                for facts in self.jobs.values()
                if facts.counts and same(facts.pool_id, pool_id)
            }
            unlisted = read_unlisted(self.reading, pool_id, listed, pool.nodes or ())
            if unlisted is None:
                continue
            for job_id in unlisted.jobs:
                self.jobs[job_id].unlisted = unlisted.successes
            if exact:
                added[pool_id] = with_unlisted(runs.counts, unlisted, pool.nodes or ())
        return added

    def _suspect(self, runs: LiveRuns, guard: Guard, *, exact: bool) -> None:
        successes = {
            facts.job.id: JobSuccesses(facts.pool_id or "", facts.counts.succeeded)
            for facts in self.jobs.values()
            if facts.counts
        }

        def counts() -> RunCounts:
            if exact:
                return runs.counts
            return estimate_runs(runs.counts, successes, self.nodes.values())

        judged = guard(judge_and_listen(self.reading, runs, counts))
        for found in judged:
            node = self.nodes.get((found.pool_id, found.node_id))
            suspicion = since_restart(found if exact else as_estimated(found), node)
            last = suspicion.last_failure_time
            old = self.since and last and last < self.since
            if (pool := self.pools.get(suspicion.pool_id)) and not old:
                pool.suspicions = [*pool.suspicions, suspicion]
        named = {(found.pool_id, found.node_id) for found in judged}
        for hiding in hidden_failures(self.nodes.values(), runs.failed_attempts, named):
            if pool := self.pools.get(hiding.pool_id):
                pool.suspicions = [*pool.suspicions, hiding]

    def _count(self, runs: LiveRuns, failures: JobFailures, task: Task) -> None:
        where = task.node_info
        pool_id = (where.pool_id if where else None) or ""
        node_id = (where.node_id if where else None) or ""
        failure = None
        if has_failed(task):
            ended = task.execution_info.end_time if task.execution_info else None
            node = self.nodes.get((pool_id, node_id))
            failure = failure_of(task, node_state=state_then(node, ended))
            failures.add(failure, recent=not (self.since and ended and ended < self.since))
        if pool_id in self.pools and node_id:
            runs.add(task, failure)
        if self.seen is not None:
            self.seen(task, failure)

    def _read_unfinished(self) -> None:
        self.waiting_left_out = read_unfinished_jobs(self.reading, list(self.jobs.values()))
