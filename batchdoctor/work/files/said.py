"""Reads what failed programs said last, and what that says of the cause, several at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.failures.failure import Failure, never_ran
from batchdoctor.core.meaning.message_entry import Stands
from batchdoctor.core.names import TaskName
from batchdoctor.core.problem import problem_of
from batchdoctor.core.words import Stream, Words
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.words import task_words
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause

# Where a message of consequence stands, in bytes mostly one request's worth.
LINES = 100


class Said(msgspec.Struct, frozen=True):
    """The last lines of a task, the file that has them, and the cause that they tell.

    `lines` is None where nothing was or could be read; `error` is why.
    """

    lines: tuple[str, ...] | None = None
    place: str | None = None
    cause: Cause | None = None
    error: BatchdoctorError | None = None


_NOTHING = Said()


class SaidReading(msgspec.Struct):
    """Reads the words of failures as these go by, some ahead of where the reader is.

    What could not be read is a problem, one for all tasks of which the same is told; that a task's
    files are gone is no reason for another exit status.
    """

    reading: Reading
    count: int = LINES
    subjects: set[str] = msgspec.field(default_factory=set)
    """What the problems of files are about, once they have been told."""
    _missed: dict[str, tuple[str, BatchdoctorError]] = msgspec.field(default_factory=dict)
    _counts: dict[str, int] = msgspec.field(default_factory=dict)

    def of(self, failures: Iterable[Failure]) -> Iterator[tuple[Failure, Said]]:
        """Each failure with the words of its task; none for a program that never ran."""
        for failure, found in prefetched(failures, self._listing, lambda: self.reading.stopped):
            for said in found:
                if said.error:
                    self._miss(failure, said.error)
                yield failure, said
        self._tell()

    def said(self, job_id: str, task_id: str) -> Said:
        """The words of one task and their cause; raises nothing."""
        return said_and_meant(self.reading, job_id, task_id, self.count)

    def _listing(self, failure: Failure) -> Iterator[Said]:
        yield _NOTHING if never_ran(failure) else self.said(failure.job_id, failure.task_id)

    def _miss(self, failure: Failure, error: BatchdoctorError) -> None:
        why = f"{type(error).__name__} {error.code}"
        self._counts[why] = self._counts.get(why, 0) + 1
        self._missed.setdefault(why, (f"{failure.job_id}/{failure.task_id}", error))

    def _tell(self) -> None:
        """Add a problem for each way in which words could not be read."""
        for why, (name, error) in self._missed.items():
            others = self._counts[why] - 1
            subject = f"words of {name}{f' and {others:,} more tasks' if others else ''}"
            self.subjects.add(subject)
            if isinstance(error, NotFoundError | StateError):
                self.reading.problems.append(problem_of(subject, error))
            else:
                self.reading.remember(subject, error)


def said_and_meant(reading: Reading, job_id: str, task_id: str, count: int = LINES) -> Said:
    """The last words of a task and what they say of the cause; raises nothing."""
    reading.heard[TaskName(job_id, task_id)] = None
    words = task_words(reading.client, job_id, task_id, count)
    label = words.place.label if words.place else None
    return Said(words.known, label, cause_of(reading, words), words.error)


def cause_of(reading: Reading, words: Words | None) -> Cause | None:
    """What some last words say of the cause, by the catalog and the user's own tables."""
    if words is None or words.place is None:
        return None

    stands = {Stream.STDERR: Stands.STDERR, Stream.STDOUT: Stands.STDOUT}
    return reading.messages().cause_in(words.lines, stands[words.place.stream])
