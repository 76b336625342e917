"""Reads the last words of failed tasks, from the end and no more than needed, several at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.problem import Problem, kind_of
from batchdoctor.core.words import Words
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.words import task_words
from batchdoctor.work.reading.reading import Reading


class WordsReading(msgspec.Struct):
    """Reads the last words of each failed task, some ahead of where the reader is.

    After `most` tasks no more are read: None reads all. What could not be read is a problem; that a
    task's files are gone is no reason for another exit status.
    """

    reading: Reading
    count: int
    most: int | None = None
    subjects: set[str] = msgspec.field(default_factory=set)
    """What the problems of files are about, as they are met."""
    _words: Words | None = None

    def along(self, failures: Iterable[Failure]) -> Iterator[Failure]:
        """The same failures; while one is looked at, `words` are those of its program."""
        rest = iter(failures)
        for failure, found in prefetched(self._asked_about(rest), self._listing):
            for words in found:
                self._words = words
                if words.error:
                    self._note(failure, words, words.error)
                yield failure
        self._words = None
        yield from rest

    def words(self) -> Words | None:
        """The last words of the present task; None if they were not asked for."""
        return self._words

    def _asked_about(self, failures: Iterator[Failure]) -> Iterator[Failure]:
        """The first of the failures, while it is of use to ask."""
        for _ in count() if self.most is None else range(self.most):
            failure = None if self.reading.stopped else next(failures, None)
            if failure is None:
                return
            yield failure

    def _listing(self, failure: Failure) -> Iterator[Words]:
        yield task_words(self.reading.client, failure.job_id, failure.task_id, self.count)

    def _note(self, failure: Failure, words: Words, error: BatchdoctorError) -> None:
        subject = f"stderr of {failure.job_id}/{failure.task_id}"
        self.subjects.add(subject)
        if isinstance(error, NotFoundError | StateError):
            everywhere = words.why_not_nearer or error.message
            self.reading.problems.append(Problem(subject, everywhere, kind_of(error)))
        else:
            self.reading.remember(subject, error)
