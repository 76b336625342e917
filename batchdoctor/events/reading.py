"""Reads diagnostic logs from wherever they are, into a tally, into events or into failed tasks."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from batchdoctor.core.damage import Place
from batchdoctor.core.event import Event
from batchdoctor.core.records import Task
from batchdoctor.core.tally import Tally
from batchdoctor.events.entries import Entry, entries
from batchdoctor.events.failures import failed_tasks
from batchdoctor.events.quick import count
from batchdoctor.events.selection import Selection
from batchdoctor.events.source import Source, opened, sources_of

_CUT_SHORT = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Problem:
    """A source that could not be read to its end, and why."""

    subject: str
    message: str


@dataclass(slots=True)
class EventLog:
    """Logs to be read once, by one of `tally`, `events` or `failures`.

    `paths` are files, folders, or `-` for `stdin`. A path that does not exist is an InputError;
    what cannot be read to its end is remembered in `problems`, and what came before it counts.
    """

    paths: Sequence[str]
    stdin: BinaryIO | None = None
    selection: Selection = field(default_factory=Selection)
    problems: list[Problem] = field(default_factory=list)

    def tally(self) -> Tally:
        """Count everything, in the quickest way there is."""
        tally = Tally()
        if not self.selection.everything:
            for _ in self.events(tally):
                pass
            return tally
        for source in list(sources_of(self.paths)):
            try:
                with opened(source, self.stdin) as stream:
                    count(stream, source.name, tally)
            except _CUT_SHORT as error:
                self._remember(source, error)
        return tally

    def events(self, tally: Tally) -> Iterator[Event]:
        """Yield every event that was asked for, after counting it in `tally`."""
        for source in list(sources_of(self.paths)):
            try:
                with opened(source, self.stdin) as stream:
                    yield from self._counted(entries(stream, source.name), tally)
            except _CUT_SHORT as error:
                self._remember(source, error)

    def failures(self, tally: Tally) -> Iterator[Task]:
        """Yield every failed attempt once, as a task, after counting the events in `tally`."""
        return failed_tasks(self.events(tally))

    def _counted(self, found: Iterator[Entry], tally: Tally) -> Iterator[Event]:
        for entry in found:
            if isinstance(entry, Place):
                tally.damage.add(entry)
            elif self.selection.takes(entry):
                tally.add(entry)
                yield entry

    def _remember(self, source: Source, error: Exception) -> None:
        self.problems.append(Problem(source.name, str(error) or type(error).__name__))
