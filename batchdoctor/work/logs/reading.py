"""Reads event logs in one pass and answers from them, whatever of them is to be shown."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from batchdoctor.cli.call import Call
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.timeline import timeline
from batchdoctor.core.log.unfinished import Starts, Unfinished
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.suspect_node import suspect_nodes
from batchdoctor.errors import ExitCode, InputError
from batchdoctor.events.processors import can_fork
from batchdoctor.events.reading import EventLog
from batchdoctor.report.document import Document, Problem
from batchdoctor.report.event_log import Conclusion, LogAnswer
from batchdoctor.report.head import Head


@contextmanager
def _uncollected() -> Iterator[None]:
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

    `places` says in words what is read. The tally has to be `portable` to be kept. `conclusion` may
    be asked for when all of it has gone by.
    """

    def __init__(
        self,
        call: Call,
        log: EventLog,
        places: str,
        *,
        min_failures: int,
        counted_before: Sequence[Tally] = (),
        portable: bool = False,
    ) -> None:
        self._call = call
        self._log = log
        self._places = places
        self._min_failures = min_failures
        self.tally = Tally(portable=portable or bool(counted_before) or not can_fork())
        for tally in counted_before:
            self.tally.merge(tally)

    def document(self, show: str) -> Document:
        """The document of `--show`; its items are read from the log as they are written."""
        answer = LogAnswer(
            Head(self._call.command, None, self._call.world.now()), lambda: self.conclusion
        )
        match show:
            case "failures":
                tasks = self._log.failures(self.tally)
                return answer.of_failures(failure_of(task) for task in tasks)
            case "events":
                return answer.of_events(self._log.events(self.tally))
            case "nodes":
                return answer.of_nodes(lambda: self._counted().suspects)
            case "unfinished":
                return answer.of_unfinished(self._unfinished)
            case "timeline":
                self._count()
                return answer.of_buckets(timeline(self.tally))
            case _:
                self._count()
                return answer.of_summary()

    def _count(self) -> None:
        with _uncollected():
            self._log.tally(into=self.tally)

    def _unfinished(self) -> list[Unfinished]:
        starts = Starts()
        for event in self._log.events(self.tally):
            starts.add(event)
        return starts.unfinished(self.tally)

    def _counted(self) -> Conclusion:
        self._count()
        return self.conclusion

    @cached_property
    def conclusion(self) -> Conclusion:
        """Summary and suspect nodes. Raises InputError if there was no event at all."""
        with _uncollected():
            summary, runs = conclude(self.tally)
            suspicions = judge(runs, min_failures=self._min_failures)
        if not summary.events and not summary.audit_records and not self._holds_others():
            self.tell_damage()
            raise self._nothing_found()
        suspects = suspect_nodes((), suspicions, self._call.world.now())
        return Conclusion(summary, suspects, self._problems())

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
        return InputError(
            f"There is no Batch event in {self._places}.",
            hint="diagnostic logs are JSON, packed or not; -v tells what was found instead",
        )

    def _problems(self) -> list[Problem]:
        problems = [Problem(each.subject, each.message) for each in self._log.problems]
        damaged = self.tally.damage.total
        if damaged:
            problems.append(Problem("damaged parts", f"{damaged:,} skipped"))
        return problems

    @property
    def failures(self) -> int:
        """How many attempts failed."""
        return self.conclusion.summary.failures

    @property
    def status(self) -> ExitCode:
        """The exit status that unreadable files ask for."""
        return InputError.exit_code if self._log.problems else ExitCode.OK

    def tell_damage(self) -> None:
        """Tell on standard error where the first damaged parts are, if asked for detail."""
        if not self._call.shared.verbose:
            return
        for place in self.tally.damage.places:
            line = f"line {place.line}, " if place.line is not None else ""
            self._call.world.tell(
                f"damaged: {place.file}: {line}byte {place.offset}: {place.kind}: {place.reason}"
            )
