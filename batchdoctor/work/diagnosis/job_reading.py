"""Reads what jobs' diagnoses rest on: who waits, for whom, and how the preparation went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from batchdoctor.core.failures.dependency import dependency_ids
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.running import LONG_RUN, run_so_far
from batchdoctor.core.records import Job, PreparationStatus, Task
from batchdoctor.errors import NotFoundError
from batchdoctor.service.only import Only
from batchdoctor.service.properties import JOB_END_PROPERTIES
from batchdoctor.work.reading.listings import read_whole
from batchdoctor.work.reading.reading import Reading

# Waiting tasks of a job are much alike: one page of the service's tells what there is to tell.
MOST_WAITING = 1000
# Tasks that others depend on are asked for one by one.
MOST_DEPENDENCIES = 50


def read_unfinished(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    """Read the tasks that wait, those that run, and what they are to be compared with.

    Of both lists the first page is read; the tasks that waiting ones depend on are read one by one.
    """
    _read_waiting(reading, [facts for facts in jobs if facts.active or facts.counts is None])
    _read_running(reading, [facts for facts in jobs if _runs(facts)])
    _read_dependencies(reading, [facts for facts in jobs if facts.job.uses_task_dependencies])
    _read_ended(reading, [facts for facts in jobs if _runs_long(facts)])
    _read_managers(reading, [facts for facts in jobs if facts.ended])


def _read_waiting(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    def listing(facts: JobFacts) -> Iterator[Task]:
        return islice(reading.client.tasks(facts.job.id, Only(states=["active"])), MOST_WAITING)

    for facts, tasks in reading.ahead(jobs, listing):
        subject = f"waiting tasks of job {facts.job.id}"
        facts.waiting, whole = read_whole(reading, subject, tasks)
        facts.unfinished_partial |= not whole
        moments = [task.state_transition_time for task in facts.waiting]
        pool, since = facts.pool, min((each for each in moments if each), default=None)
        if pool and since and (pool.waiting_since is None or since < pool.waiting_since):
            pool.waiting_since = since


def _runs(facts: JobFacts) -> bool:
    return facts.counts is None or bool(facts.counts.running)


def _read_running(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    def listing(facts: JobFacts) -> Iterator[Task]:
        states = ["preparing", "running"]
        return islice(reading.client.tasks(facts.job.id, Only(states=states)), MOST_WAITING)

    for facts, tasks in reading.ahead(jobs, listing):
        subject = f"running tasks of job {facts.job.id}"
        facts.running, whole = read_whole(reading, subject, tasks)
        facts.unfinished_partial |= not whole


def _runs_long(facts: JobFacts) -> bool:
    return any(run_so_far(task, facts.at) > LONG_RUN for task in facts.running or ())


def _read_ended(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    """Read some tasks that have ended, only where others run for so long that it matters."""

    def listing(facts: JobFacts) -> Iterator[Task]:
        return islice(reading.client.tasks(facts.job.id, Only(states=["completed"])), MOST_WAITING)

    for facts, tasks in reading.ahead(jobs, listing):
        facts.ended = list(reading.each(f"ended tasks of job {facts.job.id}", tasks))


def _read_managers(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    """Read which task makes the others of a job, and so runs for as long as they do."""

    def listing(facts: JobFacts) -> Iterator[Job]:
        yield reading.client.job(facts.job.id, select=JOB_END_PROPERTIES)

    for facts, found in reading.ahead(jobs, listing):
        for job in reading.each(f"job manager of {facts.job.id}", found):
            facts.manager_id = job.job_manager_task.id if job.job_manager_task else None


def _read_dependencies(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    def listing(wanted: tuple[JobFacts, str]) -> Iterator[Task | None]:
        facts, task_id = wanted
        try:
            yield reading.client.task(facts.job.id, task_id)
        except NotFoundError:
            yield None

    wanted = [(facts, task_id) for facts in jobs for task_id in _obstacles(facts)]
    for (facts, task_id), tasks in reading.ahead(wanted, listing):
        for task in reading.each(f"task {facts.job.id}/{task_id}", tasks):
            facts.dependencies = {**facts.dependencies, task_id: task}


def _obstacles(facts: JobFacts) -> Sequence[str]:
    """The tasks that waiting tasks depend on, the failed ones first: they are the likely ones."""
    waiting = {task.id for task in facts.waiting or ()}
    wanted = {each for task in facts.waiting or () for each in dependency_ids(task)} - waiting
    failed = facts.failures.failed_ids if facts.failures else None
    ordered = sorted(wanted, key=lambda each: (each not in (failed or ()), each))
    return ordered[:MOST_DEPENDENCIES]


def read_preparations(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    """Read how the preparation tasks went on each node."""

    def listing(facts: JobFacts) -> Iterator[PreparationStatus]:
        return reading.client.preparation_status(facts.job.id)

    for facts, statuses in reading.ahead(jobs, listing):
        subject = f"preparation tasks of job {facts.job.id}"
        facts.preparations, whole = read_whole(reading, subject, statuses)
        facts.preparations_partial = not whole
