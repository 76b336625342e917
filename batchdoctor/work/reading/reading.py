"""Reads on past what cannot be read, and remembers it, so that the rest is still shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, TypeVar

import msgspec

from batchdoctor.core.advance import Advance
from batchdoctor.core.names import TaskName
from batchdoctor.core.problem import Problem, ProblemKind, problem_of
from batchdoctor.errors import BatchdoctorError, ExitCode, UnreachableError, worst
from batchdoctor.prefetch import prefetched
from batchdoctor.work.surroundings import Surroundings

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Messages
    from batchdoctor.service.client import Client

Name = TypeVar("Name")
Record = TypeVar("Record")


# Of so many records a listing is long, and told of after each as many more.
_LONG = 1000
# So many listings take a while.
_MANY = 20
# So many subjects in a row out of reach, each after all its retries, mean that the service is gone
# and not that some of them are ill.
_GONE_AFTER = 3


def _known() -> Messages:
    # Hundreds of entries, which most commands have no words for.
    from batchdoctor.core.meaning.messages import known_messages

    return known_messages()


class Reading(msgspec.Struct):
    """What of an account could be read so far.

    A failure before anything at all was read is raised: there is no answer to mark incomplete.
    After that it becomes a problem of the document, and decides the exit status.
    """

    outside: Surroundings
    client: Client
    problems: list[Problem] = msgspec.field(default_factory=list)
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    begun: bool = False
    jobs: int = 0
    """How many jobs were asked for their tasks."""
    messages: Callable[[], Messages] = _known
    """What the words of programs mean: the catalog, or with the user's own tables before it."""
    heard: dict[TaskName, None] = msgspec.field(default_factory=dict)
    """The tasks whose words were asked for, in order."""
    stopped: bool = False
    """Whether asking on is of no use: the service is gone, or the user wants to stop."""
    _out_of_reach: int = 0
    _overall: Advance | None = None

    def each(
        self,
        subject: str,
        records: Iterator[Record],
        *,
        unit: str = "",
        total: Callable[[], int | None] = lambda: None,
    ) -> Iterator[Record]:
        """Yield `records` until they end or fail; once the service is gone, nothing more.

        Of a long listing it is shown how far it is; its `total` is asked for only if that is seen.
        """
        if self.stopped:
            return
        self.outside.progress(self._overall or f"reading {subject}")
        whole: int | None = None
        try:
            for count, record in enumerate(records):
                if count and not count % _LONG:
                    if count == _LONG:
                        whole = self._whole(total)
                    self.outside.progress(Advance(f"reading {subject}", count, whole, unit))
                self.begun = True
                yield record
                self.outside.stop_if_asked()
            self.begun = True
            self._out_of_reach = 0
        except BatchdoctorError as error:
            self.remember(subject, error)
        except KeyboardInterrupt:
            self.interrupt(subject)

    def _whole(self, total: Callable[[], int | None]) -> int | None:
        if not self.outside.watched():
            return None
        try:
            return total()
        except BatchdoctorError:
            return None  # then the bar has no end

    def ahead(
        self,
        names: Iterable[Name],
        listing: Callable[[Name], Iterator[Record]],
        unit: str = "jobs",
    ) -> Iterator[tuple[Name, Iterator[Record]]]:
        """Start listings ahead, and no further ones once the service is gone.

        `unit` says what is named, for whoever watches how many of them are done.
        """
        total = len(names) if isinstance(names, Sized) else 0
        for done, named in enumerate(prefetched(names, listing, lambda: self.stopped)):
            if total >= _MANY:
                self._overall = Advance(f"reading {unit}", done, total, unit)
            yield named
        self._overall = None

    def remember(self, subject: str, error: BatchdoctorError) -> None:
        """Note what could not be read; raises it while nothing has been."""
        if not self.begun:
            raise error
        self._note(problem_of(subject, error), error.exit_code)
        if not isinstance(error, UnreachableError):
            return
        self._out_of_reach += 1
        if self._out_of_reach >= _GONE_AFTER:
            rest = "was not asked for, since nothing answers"
            self._stop(Problem("the rest", rest, ProblemKind.NOT_READ), error.exit_code)

    def remember_words(self, missed: Sequence[tuple[str, BatchdoctorError]]) -> None:
        """Note whose words could not be read, in one problem: an answer may have said more."""
        for name, error in missed[:1]:
            others = len(missed) - 1
            more = f" and {others:,} more" if others else ""
            self.remember(f"words of {name}{more}", error)

    def interrupt(self, subject: str) -> None:
        """Note that the user wanted to stop; nothing more is asked for."""
        interrupted = Problem(subject, "interrupted", ProblemKind.INTERRUPTED)
        self._stop(interrupted, ExitCode.INTERRUPTED)

    def _stop(self, problem: Problem, status: ExitCode) -> None:
        self.stopped = True
        self._note(problem, status)

    def _note(self, problem: Problem, status: ExitCode) -> None:
        self.problems.append(problem)
        self.statuses.append(status)

    @property
    def status(self) -> ExitCode:
        """The exit status that the problems ask for."""
        return worst(self.statuses)

    def finish(self, *, told: bool = False) -> None:
        """Tell on standard error what the reader of the answer should know of its making.

        Problems that the reader was `told` of already are not told again.
        """
        totals = self.client.retry.totals
        if totals.retries:
            self.outside.note(
                f"note: {totals.retries} requests were sent again, after waiting "
                f"{totals.waited_seconds:.1f} s in all"
            )
        for notice in self.client.notices:
            self.outside.note(f"note: {notice}")
        for problem in () if told else self.problems:
            self.outside.note(f"warning: {problem.subject}: {problem.message}")
