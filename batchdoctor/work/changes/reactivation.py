"""Failed tasks into the queue again, what that erases saved first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import starmap

from batchdoctor.core.changes import Change, Outcome, Reactivation
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.failures.item import failed_task
from batchdoctor.core.item import plain
from batchdoctor.core.names import TaskName, same_id
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import Task
from batchdoctor.errors import BatchdoctorError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.actions import reactivate
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.sending import Request, Sending, told
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tasks: named ones as (job, task), or the failed ones of jobs that match."""

    tasks: Sequence[tuple[str, str]] = ()
    jobs: Sequence[str] = ()
    category: str | None = None
    node_id: str | None = None


def read_chosen(reading: Reading, chosen: Chosen) -> tuple[list[Failure], list[Reactivation]]:
    """The failures as they are now, and the tasks that could not be read."""
    if not chosen.tasks:
        return list(_matching(reading, chosen)), []
    failures, refused = [], []
    for job_id, task_id in chosen.tasks:
        try:
            failures.append(failure_of(reading.client.task(job_id, task_id)))
        except BatchdoctorError as error:
            if len(chosen.tasks) == 1:
                raise
            absent = failure_of(Task(task_id, job_id=job_id))
            refused.append(Reactivation(failure=absent, change=Change.refused(error)))
    return failures, refused


def _matching(reading: Reading, chosen: Chosen) -> Iterator[Failure]:
    client = reading.client
    for job_id, tasks in prefetched(chosen.jobs, client.failed_tasks):
        for failure in map(failure_of, reading.each(f"job {job_id}", tasks)):
            same_category = chosen.category in {None, failure.category.value}
            same_node = chosen.node_id is None or same_id(chosen.node_id, failure.node_id)
            if same_category and same_node:
                yield failure


@dataclass(slots=True)
class Reactivating:
    """Tasks on their way back into the queue."""

    outside: Surroundings
    client: Client
    failures: Sequence[Failure]
    refused: Sequence[Reactivation]
    problems: list[Problem]
    dry_run: bool
    journal: Journal

    def steps(self) -> Iterator[Reactivation]:
        """Save every failure before the first task is touched, then say what became of each."""
        yield from self.refused
        if self.dry_run:
            for failure in self.failures:
                yield Reactivation(failure=failure, change=Change(outcome=Outcome.PLANNED))
            return
        for failure in self.failures:
            yield Reactivation(failure=failure)
            # Interrupted while it is still being saved: no task is touched.
            self.outside.stop_if_asked()
        self.outside.deliver()
        yield from self._done()

    def _done(self) -> Iterator[Reactivation]:
        left = {TaskName(each.job_id, each.task_id): each for each in self.failures}
        sending = Sending(self.outside, self.journal, "reactivate", self.problems)
        for name, change in sending.each(starmap(self._request, left.items()), list(left)):
            yield Reactivation(failure=left[name], change=change)

    def _request(self, name: TaskName, failure: Failure) -> Request[TaskName]:
        return Request([name], partial(self._sent, failure), erased=plain(failed_task(failure)))

    def _sent(self, failure: Failure) -> Change:
        return told(reactivate(self.client, failure.job_id, failure.task_id, failure.end_time))
