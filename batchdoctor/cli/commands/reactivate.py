"""`tasks reactivate`: failed tasks into the queue again, what that erases saved first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.consent import announce, ask, refuse_when_read_only
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.errors import BatchdoctorError, ExitCode, UncertainError, UsageError
from batchdoctor.report.changes import Outcome
from batchdoctor.report.document import Problem
from batchdoctor.report.failure_page import plural
from batchdoctor.report.failures import failure_item
from batchdoctor.report.head import Head
from batchdoctor.report.reactivations import Reactivation, Reactivations
from batchdoctor.service.actions import Outcome as ServiceOutcome
from batchdoctor.service.actions import reactivate
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.reading.prefetch import started_ahead
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.core.records import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tasks: named ones as (job, task), or the failed ones of jobs that match."""

    tasks: Sequence[tuple[str, str]] = ()
    jobs: Sequence[str] = ()
    category: str | None = None
    node_id: str | None = None


def task_names(words: Sequence[str], job_id: str | None) -> list[tuple[str, str]]:
    """Tasks written as `JOB/TASK`, or as `TASK` of the given job. Raises UsageError."""
    names: dict[tuple[str, str], None] = {}
    for word in words:
        job, slash, task = word.partition("/")
        if not slash:
            job, task = job_id or "", word
        if not job or not task:
            raise UsageError(
                f"The job of the task {word!r} is not known.",
                hint="write JOB/TASK, or add --job JOB",
            )
        names[job, task] = None
    return list(names)


def reactivate_tasks(call: Call, chosen: Chosen, *, yes: bool, dry_run: bool) -> int:
    """Queue failed tasks again after consent; the status is the worst of what happened."""
    if not dry_run:
        refuse_when_read_only(call.world, f"tasks reactivate {_meant(chosen)}")
    with call.client() as client:
        reading = Reading(call, client)
        failures, refused = _read(reading, chosen)
        _announce(call, failures)
        if failures and not (yes or dry_run):
            ask(call.world, f"Run {plural(len(failures), 'task')} again?")
        work = _Work(call, client, failures, refused, reading.problems, dry_run)
        head = Head(call.command, client.account.host, call.world.now())
        answer = Reactivations(head, with_refusals_told(call, work.steps()), reading.problems)
        with closing(work.journal):
            call.write(answer.document())
        reading.finish()
    return worst([reading.status, *answer.statuses])


def _meant(chosen: Chosen) -> str:
    """Which tasks are meant, in a few words."""
    names = [f"{job_id}/{task_id}" for job_id, task_id in chosen.tasks]
    if not names:
        return f"of the failed tasks of {', '.join(chosen.jobs)}"
    return names[0] if len(names) == 1 else f"of {len(names)} tasks"


def _read(reading: Reading, chosen: Chosen) -> tuple[list[Failure], list[Reactivation]]:
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
    for job_id, tasks in started_ahead(chosen.jobs, client.failed_tasks):
        for failure in map(failure_of, reading.each(f"job {job_id}", tasks)):
            same_category = chosen.category in {None, failure.category.value}
            if same_category and chosen.node_id in {None, failure.node_id}:
                yield failure


def _absent(job_id: str, task_id: str) -> Task:
    from batchdoctor.core.records import Task

    return Task(task_id, job_id=job_id)


def _refused(failure: Failure, error: BatchdoctorError) -> Reactivation:
    return Reactivation(
        failure=failure,
        outcome=Outcome.UNKNOWN if isinstance(error, UncertainError) else Outcome.FAILED,
        message=error.message,
        status=error.exit_code,
        code=error.code,
        request_id=error.request_id,
        error=error,
    )


def _announce(call: Call, failures: Sequence[Failure]) -> None:
    by_job: dict[str, int] = {}
    for failure in failures:
        by_job[failure.job_id] = by_job.get(failure.job_id, 0) + 1
    for job_id, count in by_job.items():
        announce(
            call.world,
            f"will run {plural(count, 'task')} of job {job_id} again; the service forgets "
            "their exit codes, failures and retry counts, which are shown here first",
        )


@dataclass(slots=True)
class _Work:
    """Tasks on their way back into the queue."""

    call: Call
    client: Client
    failures: Sequence[Failure]
    refused: Sequence[Reactivation]
    problems: list[Problem]
    dry_run: bool
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.call.world, self.client.account.host)

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
            self.call.world.interruption.check()
        self.call.world.output.flush()
        yield from self._done()

    def _done(self) -> Iterator[Reactivation]:
        left = {(failure.job_id, failure.task_id): failure for failure in self.failures}
        try:
            for failure, results in started_ahead(self.failures, self._send):
                for result in results:
                    left.pop((failure.job_id, failure.task_id), None)
                    yield result
                    self.call.world.interruption.check()
        except KeyboardInterrupt:
            self.problems.append(Problem("reactivate", "interrupted"))
            for failure in left.values():
                yield Reactivation(
                    failure=failure,
                    outcome=Outcome.UNKNOWN,
                    message="interrupted: it may have been done or not",
                    status=ExitCode.INTERRUPTED,
                )

    def _send(self, failure: Failure) -> Iterator[Reactivation]:
        what, erased = f"{failure.job_id}/{failure.task_id}", failure_item(failure)
        self.journal.begin(what, "reactivate", erased=erased)

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
        already = result.outcome is ServiceOutcome.ALREADY
        return Reactivation(
            failure=failure,
            outcome=Outcome.ALREADY if already else Outcome.DONE,
            request_id=result.request_id,
        )
