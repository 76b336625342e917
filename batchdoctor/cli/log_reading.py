"""Reads event logs in one pass and answers from them, whatever of them is to be shown."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property
from typing import BinaryIO

from batchdoctor.cli.call import Call
from batchdoctor.core.failure import failure_of
from batchdoctor.core.suspect_node import suspect_nodes
from batchdoctor.core.suspicion import judge
from batchdoctor.core.tally import Tally
from batchdoctor.core.tally_summary import conclude
from batchdoctor.errors import ExitCode, InputError
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.report.document import Document, Problem
from batchdoctor.report.event_log import Conclusion, LogAnswer
from batchdoctor.report.head import Head


class LogReading:
    """One pass over logs. `conclusion` may be asked for when all of the log has gone by."""

    def __init__(
        self, call: Call, paths: Sequence[str], selection: Selection, min_failures: int
    ) -> None:
        self._call = call
        self._paths = paths
        self._min_failures = min_failures
        self._log = EventLog(list(paths), stdin=_bytes_of(call.world.stdin), selection=selection)
        self._tally = Tally()

    def document(self, show: str) -> Document:
        """The document of `--show`; its items are read from the log as they are written."""
        answer = LogAnswer(
            Head(self._call.command, None, self._call.world.now()), lambda: self.conclusion
        )
        match show:
            case "failures":
                tasks = self._log.failures(self._tally)
                return answer.of_failures(failure_of(task) for task in tasks)
            case "events":
                return answer.of_events(self._log.events(self._tally))
            case "nodes":
                return answer.of_nodes(lambda: self._counted().suspects)
            case _:
                self._count()
                return answer.of_summary()

    def _count(self) -> None:
        self._tally = self._log.tally()

    def _counted(self) -> Conclusion:
        self._count()
        return self.conclusion

    @cached_property
    def conclusion(self) -> Conclusion:
        """Summary and suspect nodes. Raises InputError if there was no event at all."""
        summary, runs = conclude(self._tally)
        if not summary.events and not summary.audit_records:
            self.tell_damage()
            places = ", ".join("standard input" if path == "-" else path for path in self._paths)
            raise InputError(
                f"There is no Batch event in {places}.",
                hint="diagnostic logs are JSON; -v tells what was found instead",
            )
        suspicions = judge(runs, min_failures=self._min_failures)
        suspects = suspect_nodes((), suspicions, self._call.world.now())
        return Conclusion(summary, suspects, self._problems())

    def _problems(self) -> list[Problem]:
        problems = [Problem(each.subject, each.message) for each in self._log.problems]
        damaged = self._tally.damage.total
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
        for place in self._tally.damage.places:
            line = f"line {place.line}, " if place.line is not None else ""
            self._call.world.tell(
                f"damaged: {place.file}: {line}byte {place.offset}: {place.kind}: {place.reason}"
            )


def _bytes_of(stream: object) -> BinaryIO:
    """The bytes below a text stream."""
    buffer = getattr(stream, "buffer", None)
    return buffer if buffer is not None else io.BytesIO(stream.read().encode())  # type: ignore[attr-defined]
