"""Reads what jobs' diagnoses rest on: who waits, for whom, and how the preparation went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from batchdoctor.core.failures.dependency import dependency_ids
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.records import PreparationStatus, Task
from batchdoctor.errors import NotFoundError
from batchdoctor.work.reading.listings import read_whole
from batchdoctor.work.reading.reading import Reading

# Waiting tasks of a job are much alike: one page of the service's tells what there is to tell.
MOST_WAITING = 1000
# Tasks that others depend on are asked for one by one.
MOST_DEPENDENCIES = 50


def read_waiting(reading: Reading, jobs: Sequence[JobFacts]) -> None:
    """Read the first page of the tasks that wait, and the tasks that those depend on."""

    def listing(facts: JobFacts) -> Iterator[Task]:
        return islice(reading.client.tasks(facts.job.id, states=["active"]), MOST_WAITING)

    for facts, tasks in reading.ahead(jobs, listing):
        facts.waiting = list(reading.each(f"waiting tasks of job {facts.job.id}", tasks))
    _read_dependencies(reading, [facts for facts in jobs if facts.job.uses_task_dependencies])


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
