"""Reads one job with everything that can keep it from its end: its tasks, its pool, its rivals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import msgspec

from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.findings.checks.facts import JobFacts, Rival
from batchdoctor.core.pictures.seen import Seen
from batchdoctor.core.records import Job, Task, TaskCounts, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.history import History
from batchdoctor.errors import BatchdoctorError, NotFoundError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.diagnosis.account import Survey
from batchdoctor.work.diagnosis.beside_job import judge_beside_others
from batchdoctor.work.diagnosis.job_reading import read_preparations, read_unfinished
from batchdoctor.work.diagnosis.pool_reading import read_pool
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading

# Listing costs a request for each thousand; beyond this many tasks one has to ask for it.
MOST_LISTED = 10_000
# Counting the waiting tasks of another job costs a request each.
MOST_RIVALS = 20


class JobSurvey(msgspec.Struct):
    """One job at a moment; failures that ended before `since` are left out."""

    reading: Reading
    at: datetime
    since: datetime | None
    history: History | None = None
    seen: Seen | None = None

    def read(self, job_id: str, *, exact: bool) -> JobFacts:
        """Read everything about a job. Raises NotFoundError."""
        client = self.reading.client
        job = client.job(job_id)
        self.reading.begun = True
        facts = JobFacts(job=job, at=self.at, pool_id=pool_of(job))
        for counts in self.reading.each(
            f"task counts of {job_id}", only(client.task_counts, job_id)
        ):
            facts.counts = counts
        self._read_pool(facts)
        self._read_failures(facts)
        if facts.unfinished:
            if job.job_preparation_task is not None:
                read_preparations(self.reading, [facts])
            read_unfinished(self.reading, [facts])
        if facts.active:
            facts.rivals = list(self._rivals(facts))
        if exact or sum_of(facts.counts) <= MOST_LISTED:
            facts.listed = self._listed(job_id)
        return facts

    def _read_pool(self, facts: JobFacts) -> None:
        if facts.pool_id is None:
            return
        try:
            facts.pool = read_pool(self.reading, facts.pool_id, self.at)
        except NotFoundError:
            facts.pool_exists = False
        except BatchdoctorError as error:
            self.reading.remember(f"pool {facts.pool_id}", error)
        if facts.pool and facts.active and same(facts.job.state, "active"):
            facts.pool.waiting = {facts.job.id: facts.active}

    def _read_failures(self, facts: JobFacts) -> None:
        """Failures of this job, and whether nodes are to blame for them."""
        pools = {facts.pool.pool.id: facts.pool} if facts.pool else {}
        watch = self.seen.task if self.seen else None
        jobs = {facts.job.id: facts}
        survey = Survey(self.reading, self.at, self.since, pools=pools, jobs=jobs, seen=watch)
        survey.read_failures()
        if facts.pool:
            facts.others_left_out = judge_beside_others(self.reading, facts.pool, facts.job.id)
        self.history = survey.history
        if self.seen:
            self.seen.judged(pools.values(), [facts], survey.said)

    def _rivals(self, facts: JobFacts) -> Iterator[Rival]:
        """Jobs of the same pool with a higher priority that have waiting tasks."""
        own = facts.job.priority or 0
        jobs: dict[str, Job] = {
            job.id: job
            for job in self.reading.each("jobs", self.reading.client.jobs(states=["active"]))
            if (job.priority or 0) > own and same(pool_of(job), facts.pool_id or "")
        }
        names = sorted(jobs, key=lambda name: -(jobs[name].priority or 0))[:MOST_RIVALS]
        for name, counts in prefetched(
            names, lambda name: only(self.reading.client.task_counts, name)
        ):
            for count in self.reading.each(f"task counts of {name}", counts):
                if count.active:
                    yield Rival(
                        job_id=name, priority=jobs[name].priority or 0, waiting=count.active
                    )

    def _listed(self, job_id: str) -> TaskCounts | None:
        problems = len(self.reading.problems)
        tasks = self.reading.client.tasks(job_id)
        states = Counter(
            _state(task)
            for task in self.reading.each(f"tasks of job {job_id}", tasks, unit="tasks")
        )
        if len(self.reading.problems) > problems:
            return None
        return TaskCounts(
            active=states["active"],
            running=states["running"],
            completed=states["succeeded"] + states["failed"],
            succeeded=states["succeeded"],
            failed=states["failed"],
        )


def _state(task: Task) -> str:
    """The state as the counts know it: preparing tasks are among the running ones."""
    if same(task.state, "completed"):
        return "failed" if has_failed(task) else "succeeded"
    return "active" if same(task.state, "active") else "running"


def sum_of(counts: TaskCounts | None) -> int:
    """All tasks of a job."""
    return counts.active + counts.running + counts.completed if counts else 0
