"""Reads the last lines of files, from the end and no more than needed, several at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.problem import problem_of
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.service.files import TaskFile, properties
from batchdoctor.service.source import FileSource
from batchdoctor.work.files.ending import last_lines_of
from batchdoctor.work.reading.reading import Reading

# The end of a log that a person reads; lines may be long, so bytes are what bounds it.
LONGEST_TAIL = 64 * 1024
STDERR = "stderr.txt"
STDOUT = "stdout.txt"


class FileEnd(msgspec.Struct, frozen=True):
    """The last lines of a task's stderr, or why there are none."""

    lines: tuple[str, ...] | None
    error: BatchdoctorError | None = None


_NOTHING = FileEnd(None)


def stderr_tail(client: Client, job_id: str, task_id: str, count: int) -> FileEnd:
    """The last `count` lines of what a task wrote to stderr; raises nothing."""
    return file_tail(client, TaskFile(job_id, task_id, STDERR), count)


def file_tail(client: Client, source: FileSource, count: int) -> FileEnd:
    """The last `count` lines of a file, within 64 KiB; raises nothing."""
    try:
        info = properties(client, source)
        data = last_lines_of(client, source, info, count, longest=LONGEST_TAIL)
    except BatchdoctorError as error:
        return FileEnd(None, error)
    lines = data.decode("utf-8", "backslashreplace").splitlines()
    # A cut through the middle leaves half a line in front.
    cut = LONGEST_TAIL <= len(data) < (info.size or 0) and len(lines) > 1
    return FileEnd(tuple((lines[1:] if cut else lines)[-count:]))


class StderrReading(msgspec.Struct):
    """Reads the end of each failed task's stderr, some ahead of where the reader is.

    After `most` tasks no more are read: None reads all. What could not be read is a problem; that a
    task's files are gone is no reason for another exit status.
    """

    reading: Reading
    count: int
    most: int | None = None
    subjects: set[str] = msgspec.field(default_factory=set)
    """What the problems of files are about, as they are met."""
    _tail: FileEnd = _NOTHING

    def along(self, failures: Iterable[Failure]) -> Iterator[Failure]:
        """The same failures; while one is looked at, `lines` are those of its stderr."""
        rest = iter(failures)
        for failure, tails in prefetched(self._asked_about(rest), self._listing):
            for tail in tails:
                self._tail = tail
                if tail.error:
                    self._note(failure, tail.error)
                yield failure
        self._tail = _NOTHING
        yield from rest

    def lines(self) -> tuple[str, ...] | None:
        """The last lines of the present task's stderr; None if they were not read."""
        return self._tail.lines

    def _asked_about(self, failures: Iterator[Failure]) -> Iterator[Failure]:
        """The first of the failures, while it is of use to ask."""
        for _ in count() if self.most is None else range(self.most):
            failure = None if self.reading.stopped else next(failures, None)
            if failure is None:
                return
            yield failure

    def _listing(self, failure: Failure) -> Iterator[FileEnd]:
        yield stderr_tail(self.reading.client, failure.job_id, failure.task_id, self.count)

    def _note(self, failure: Failure, error: BatchdoctorError) -> None:
        subject = f"stderr of {failure.job_id}/{failure.task_id}"
        self.subjects.add(subject)
        if isinstance(error, NotFoundError | StateError):
            self.reading.problems.append(problem_of(subject, error))
        else:
            self.reading.remember(subject, error)
