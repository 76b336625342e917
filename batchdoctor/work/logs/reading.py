"""Reads event logs in one pass and answers from them, whatever of them is to be shown."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.log.conclusion import Conclusion, conclusion_of
from batchdoctor.core.log.damage import Place
from batchdoctor.core.log.event import Event, LogRecord
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.timeline import Bucket, timeline
from batchdoctor.core.log.unfinished import Starts, Unfinished
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode, InputError
from batchdoctor.events.foreign import NO_LOG
from batchdoctor.events.reading import EventLog
from batchdoctor.machine import can_fork
from batchdoctor.work.surroundings import Surroundings

# Beside longer names there is no room for a bar.
_LONGEST_PLACES = 30


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many objects without looking for cycles among them, now or later.

    There are none, and looking takes a twentieth of the time. They are kept to the end of the run.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class LogReading:
    """One pass over logs, added to tallies of other logs that were counted before.

    `places` says in words what is read. The tally has to be `portable` to be kept. `left` is what
    is left of attempts that were counted before, if they were concluded: then there is nothing else
    to read. `conclusion` may be asked for when all of it has gone by.
    """

    def __init__(
        self,
        outside: Surroundings,
        log: EventLog,
        places: str,
        *,
        min_failures: int,
        counted_before: Sequence[Tally] = (),
        portable: bool = False,
        left: Left | None = None,
    ) -> None:
        self._left = left
        self._outside = outside
        self._log = log
        self._places = places
        self._min_failures = min_failures
        self.tally = Tally(portable=portable or bool(counted_before) or not can_fork())
        for tally in counted_before:
            self.tally.merge(tally)

    def failures(self) -> Iterator[Failure]:
        """Yield every failed attempt as it is read."""
        self._show()
        return (failure_of(task) for task in self._log.failures(self.tally))

    def events(self) -> Iterator[Event]:
        """Yield every event as it is read."""
        self._show()
        return self._log.events(self.tally)

    def some(self, wanted: Callable[[LogRecord], bool]) -> Iterator[Event]:
        """Yield the events that are wanted, and some others, as they are read."""
        self._show()
        return self._log.some(self.tally, wanted)

    def suspects(self) -> Sequence[SuspectNode]:
        """Read everything, then judge the nodes."""
        self.count()
        return self.conclusion.suspects

    def timeline(self) -> Sequence[Bucket]:
        """Read everything, then cut its time into stretches."""
        self.count()
        return timeline(self.tally, left=self._left)

    def unfinished(self) -> list[Unfinished]:
        """Read everything, then list the attempts that have not ended."""
        self._show()
        starts = Starts()
        for event in self._log.events(self.tally):
            starts.add(event)
        found = starts.unfinished(self.tally)
        return self._recalled(starts) if starts.missing else found

    def _recalled(self, starts: Starts) -> list[Unfinished]:
        """Read everything once more, for the starts that are missing, and list them, too."""
        log = self._log
        if "-" in log.paths:
            count = plural(len(starts.missing), "attempt")
            self._outside.note(f"{count} without an end not listed: a pipe is read only once")
        else:
            again = EventLog(log.paths, sources=log.sources, selection=log.selection)
            for event in again.events(Tally()):
                starts.recall(event, self.tally)
        return starts.unfinished(self.tally)

    def count(self) -> None:
        """Read everything and only count it."""
        self._show()
        with uncollected():
            self._log.tally(into=self.tally)

    def _show(self) -> None:
        """Let be seen how far it is, by the bytes of the files."""
        at = self._log.position
        what = f"reading {self._places if len(self._places) <= _LONGEST_PLACES else 'logs'}"
        self._outside.progress(Advance(what, lambda: at.done, lambda: at.total, BYTES))

    @cached_property
    def conclusion(self) -> Conclusion:
        """What the log comes to. Raises InputError if there was no event at all."""
        self._log.settle()
        with uncollected():
            concluded = conclusion_of(
                self.tally,
                self._outside.now(),
                problems=self._problems(),
                filters=self._log.selection.filters,
                min_failures=self._min_failures,
                left=self._left,
            )
        summary = concluded.summary
        if not summary.events and not summary.audit_records and not self._holds_others():
            raise self._nothing_found()
        return concluded

    def _holds_others(self) -> bool:
        """Whether there are events, only none that were asked for."""
        log = self._log
        if log.selection.everything:
            return False
        if self.tally.left_out or "-" in log.paths:
            return self.tally.left_out
        # Files may have been left out by their dates alone.
        anything = EventLog(log.paths, sources=log.sources)
        return next(anything.events(Tally()), None) is not None

    def _nothing_found(self) -> InputError:
        for problem in self._log.problems:
            return InputError(f"{problem.subject} could not be read: {problem.message}.")
        for place in self._told_places():
            return InputError(f"There is no Batch event: {_what(place)}.", hint=place.hint)
        return InputError(
            f"There is no Batch event in {self._places}.",
            hint="diagnostic logs are JSON, packed or not, or a table that the portal exported;"
            " -v tells what was found instead",
        )

    def _problems(self) -> list[Problem]:
        problems = list(self._log.problems)
        damaged = self.tally.damage.total
        if damaged:
            told = "".join(f"; {_what(place)}; {place.hint}" for place in self._told_places()[:1])
            text = f"{damaged:,} skipped{told}"
            problems.append(Problem("damaged parts", text, ProblemKind.UNREADABLE))
        untimed = self.tally.untimed.problem
        if untimed:
            problems.append(Problem("times", untimed, ProblemKind.UNREADABLE))
        return problems

    def _told_places(self) -> list[Place]:
        """The first damaged parts of which it is known what to do about them."""
        return [place for place in self.tally.damage.places if place.hint]

    @property
    def failed(self) -> int:
        """How much is not as it should be: failed attempts, and what else failed."""
        return self.conclusion.summary.findings

    @property
    def status(self) -> ExitCode:
        """The exit status that unreadable files ask for."""
        return InputError.exit_code if self._log.problems else ExitCode.OK

    def doubts(self) -> Iterator[str]:
        """What of the log's times could not be read or had to be assumed, a line each."""
        if (untimed := self.tally.untimed.problem) is not None:
            yield f"not read: times: {untimed}"
        yield from (f"assumed: {text}" for text in sorted(self.tally.assumed))

    def damaged_places(self) -> Iterator[str]:
        """Where the first damaged parts are, a line each."""
        for place in self.tally.damage.places:
            line = f"line {place.line}, " if place.line is not None else ""
            yield f"damaged: {place.file}: {line}byte {place.offset}: {place.kind}: {place.reason}"


def _what(place: Place) -> str:
    """What is at a place where an event should be."""
    name = "standard input" if place.file == "-" else place.file
    return f"{name} is {place.reason}" if place.kind == NO_LOG else f"{name} holds {place.reason}"
