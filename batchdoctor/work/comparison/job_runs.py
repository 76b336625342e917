"""Reads how the tasks of a job ended, and what a part of those that failed said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

import msgspec

from batchdoctor.core.comparison.runs import Cause, Runs
from batchdoctor.core.failures.by_message import service_words, spoken_line
from batchdoctor.core.failures.failure import Failure, failure_of, never_ran
from batchdoctor.core.failures.signs import has_failed, run_time
from batchdoctor.core.failures.template import template
from batchdoctor.core.names import folded
from batchdoctor.core.records import Task
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.said import Said, said_and_meant
from batchdoctor.work.reading.reading import Reading

# Of so many tasks of a job it is read how they ended, a hundred pages.
MOST_ENDED = 100_000
# So many failures of each code and exit code are asked for what they said, and so many of a job.
_MOST_OF_AN_END, _MOST_HEARD = 64, 192


class EndedTasks(msgspec.Struct):
    """How the tasks of a job ended, and what of it was not read."""

    runs: Runs = msgspec.field(default_factory=Runs)
    first_start: dict[str, datetime] = msgspec.field(default_factory=dict)
    """When each node began its first task, by folded id."""
    to_hear: list[tuple[Failure, str]] = msgspec.field(default_factory=list)
    """Failures that are asked for their words, with their kinds of task."""
    words_left_out: str | None = None
    _of_an_end: Counter[Cause] = msgspec.field(default_factory=Counter)

    def read(self, tasks: Iterable[Task]) -> None:
        """Count tasks, at most as many as are read of a job."""
        count = 0
        for count, task in enumerate(islice(tasks, MOST_ENDED + 1), 1):
            if count > MOST_ENDED:
                self.runs.left_out = f"only the first {MOST_ENDED:,} tasks of a job were read"
                return
            self._add(task)

    def _add(self, task: Task) -> None:
        run, where = task.execution_info, task.node_info
        node = where.node_id if where else None
        failure = failure_of(task) if has_failed(task) else None
        end = Cause(failure.code, failure.exit_code) if failure else None
        seconds = run_time(run) if run else None
        kind = self.runs.add(
            task.id,
            end,
            seconds=seconds.total_seconds() if seconds is not None else None,
            node=node,
            retries=(run.retry_count or 0) if run else 0,
            requeues=(run.requeue_count or 0) if run else 0,
        )
        if node and run and run.start_time:
            first = self.first_start.get(folded(node), run.start_time)
            self.first_start[folded(node)] = min(first, run.start_time)
        if failure and end and self._is_to_be_heard(end):
            self.to_hear.append((failure, kind))

    def _is_to_be_heard(self, end: Cause) -> bool:
        self._of_an_end[end] += 1
        return self._of_an_end[end] <= _MOST_OF_AN_END and len(self.to_hear) < _MOST_HEARD

    def hear(self, reading: Reading) -> None:
        """Ask the failures that were chosen what they said, several at a time."""
        missed: list[tuple[str, BatchdoctorError]] = []
        for (failure, kind), said in _heard(reading, self.to_hear):
            name = f"{failure.job_id}/{failure.task_id}"
            # What the service says itself is told of each of them, whatever the program said.
            if said.error is not None and service_words(failure) is None:
                missed.append((name, said.error))
                continue
            spoken = spoken_line(failure, said.lines, said.cause, said.place)
            message = template(spoken.line) if spoken.line else None
            cause = Cause(failure.code, failure.exit_code, message)
            self.runs.add_failure(cause, kind, name, failure.node_id)
        heard = {cause.end for cause in self.runs.failures}
        self.runs.wordless = self.runs.ends.keys() - heard
        gone = [each for each in missed if isinstance(each[1], NotFoundError | StateError)]
        reading.remember_words([each for each in missed if each not in gone])
        self._tell(len(gone))

    def _tell(self, gone: int) -> None:
        failed, heard = self.runs.failed_count, len(self.to_hear)
        parts = []
        if heard < failed:
            parts.append(f"{heard:,} of {plural(failed, 'failed task')} were asked what they said")
        if gone:
            parts.append(f"the words of {plural(gone, 'failed task')} are gone")
        self.words_left_out = "; ".join(parts) or None


def _heard(
    reading: Reading, failures: list[tuple[Failure, str]]
) -> Iterator[tuple[tuple[Failure, str], Said]]:
    def listing(each: tuple[Failure, str]) -> Iterator[Said]:
        failure, _ = each
        yield Said() if never_ran(failure) else _said(reading, failure)

    for each, found in prefetched(failures, listing, lambda: reading.stopped):
        for said in found:
            yield each, said


def _said(reading: Reading, failure: Failure) -> Said:
    return said_and_meant(reading, failure.job_id, failure.task_id)
