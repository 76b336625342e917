"""Reads what one job's diagnosis rests on: who waits, for whom, and how the preparation went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from batchdoctor.cli.ahead import started_ahead
from batchdoctor.cli.reading import Reading
from batchdoctor.core.checks.facts import JobFacts
from batchdoctor.core.dependency import dependency_ids
from batchdoctor.core.records import Task
from batchdoctor.errors import NotFoundError

# Waiting tasks of a job are much alike: one page of the service's tells what there is to tell.
MOST_WAITING = 1000
# Tasks that others depend on are asked for one by one.
MOST_DEPENDENCIES = 50

Record = TypeVar("Record")


def only(read: Callable[[str], Record], name: str) -> Iterator[Record]:
    """One record as a listing, so that it is read, and can fail, like the others."""
    yield read(name)


def read_waiting(reading: Reading, facts: JobFacts) -> None:
    """Read the first page of the tasks that wait, and the tasks that those depend on."""
    job_id = facts.job.id
    tasks = reading.client.tasks(job_id, states=["active"])
    facts.waiting = list(
        reading.each(f"waiting tasks of job {job_id}", islice(tasks, MOST_WAITING))
    )
    if facts.job.uses_task_dependencies:
        facts.dependencies = dict(_dependencies(reading, facts))


def _dependencies(reading: Reading, facts: JobFacts) -> Iterator[tuple[str, Task | None]]:
    job_id = facts.job.id
    waiting = {task.id for task in facts.waiting or ()}
    wanted = {each for task in facts.waiting or () for each in dependency_ids(task)} - waiting
    failed = facts.failures.failed_ids if facts.failures else None
    # The failed ones are the likely obstacles, so they come first.
    ordered = sorted(wanted, key=lambda each: (each not in (failed or ()), each))

    def listing(task_id: str) -> Iterator[Task | None]:
        try:
            yield reading.client.task(job_id, task_id)
        except NotFoundError:
            yield None

    for task_id, tasks in started_ahead(ordered[:MOST_DEPENDENCIES], listing):
        for task in reading.each(f"task {job_id}/{task_id}", tasks):
            yield task_id, task


def read_preparations(reading: Reading, facts: JobFacts) -> None:
    """Read how the preparation task went on each node."""
    job_id = facts.job.id
    statuses = reading.client.preparation_status(job_id)
    facts.preparations = list(reading.each(f"preparation tasks of job {job_id}", statuses))
