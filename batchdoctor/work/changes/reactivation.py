"""Failed tasks into the queue again, what that erases saved first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from batchdoctor.core.changes import Outcome, Reactivation
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.failures.item import failed_task
from batchdoctor.core.item import plain
from batchdoctor.core.names import same_id
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.core.records import Task
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.prefetch import prefetched
from batchdoctor.service.actions import Effect, reactivate
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
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
            refused.append(_refused(failure_of(_absent(job_id, task_id)), error))
    return failures, refused


def _matching(reading: Reading, chosen: Chosen) -> Iterator[Failure]:
    client = reading.client
    for job_id, tasks in prefetched(chosen.jobs, client.failed_tasks):
        for failure in map(failure_of, reading.each(f"job {job_id}", tasks)):
            same_category = chosen.category in {None, failure.category.value}
            same_node = chosen.node_id is None or same_id(chosen.node_id, failure.node_id)
            if same_category and same_node:
                yield failure


def _absent(job_id: str, task_id: str) -> Task:
    return Task(task_id, job_id=job_id)


def _refused(failure: Failure, error: BatchdoctorError) -> Reactivation:
    return Reactivation(
        failure=failure,
        outcome=Outcome.of(error),
        message=error.message,
        status=error.exit_code,
        code=error.code,
        request_id=error.request_id,
        error=error,
    )


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
                yield Reactivation(failure=failure, outcome=Outcome.PLANNED)
            return
        for failure in self.failures:
            yield Reactivation(failure=failure)
            # Interrupted while it is still being saved: no task is touched.
            self.outside.stop_if_asked()
        self.outside.deliver()
        yield from self._done()

    def _done(self) -> Iterator[Reactivation]:
        left = {(failure.job_id, failure.task_id): failure for failure in self.failures}
        try:
            for failure, results in prefetched(self.failures, self._send):
                for result in results:
                    left.pop((failure.job_id, failure.task_id), None)
                    yield result
                    self.outside.stop_if_asked()
        except KeyboardInterrupt:
            self.problems.append(Problem("reactivate", "interrupted", ProblemKind.INTERRUPTED))
            yield from map(self._cut_off, left.values())

    def _cut_off(self, failure: Failure) -> Reactivation:
        """What was begun may have been done; what was not, was not."""
        if self.journal.was_begun(f"{failure.job_id}/{failure.task_id}"):
            outcome, message = Outcome.UNKNOWN, "interrupted: it may have been done or not"
        else:
            outcome, message = Outcome.FAILED, "interrupted before it was sent"
        return Reactivation(
            failure=failure, outcome=outcome, message=message, status=ExitCode.INTERRUPTED
        )

    def _send(self, failure: Failure) -> Iterator[Reactivation]:
        what, erased = f"{failure.job_id}/{failure.task_id}", plain(failed_task(failure))
        try:
            self.journal.begin(what, "reactivate", erased=erased)
        except BatchdoctorError as error:
            return iter([_refused(failure, error)])

        def sending() -> Iterator[Reactivation]:
            result = self._sent(failure)
            self.journal.note(
                what,
                "reactivate",
                str(result.outcome),
                request_id=result.request_id,
                code=result.code,
                erased=erased,
            )
            yield result

        return sending()

    def _sent(self, failure: Failure) -> Reactivation:
        try:
            result = reactivate(self.client, failure.job_id, failure.task_id, failure.end_time)
        except BatchdoctorError as error:
            return _refused(failure, error)
        already = result.outcome is Effect.ALREADY
        return Reactivation(
            failure=failure,
            outcome=Outcome.ALREADY if already else Outcome.DONE,
            request_id=result.request_id,
        )
