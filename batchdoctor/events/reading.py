"""Reads diagnostic logs from wherever they are, into a tally, into events or into failed tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BufferedReader
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import msgspec

from batchdoctor.core.log.event import Event, LogRecord
from batchdoctor.core.log.failed_task import may_tell_failure
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.core.records import Task
from batchdoctor.events.counting import count_pieces
from batchdoctor.events.entries import counted, entries
from batchdoctor.events.failures import failed_tasks
from batchdoctor.events.places import sources_of
from batchdoctor.events.position import Position
from batchdoctor.events.processors import processors
from batchdoctor.events.quick import QuickCount, pair_count
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import divided, worth_sharing
from batchdoctor.events.source import Source, expect, opened
from batchdoctor.machine import can_fork

if TYPE_CHECKING:
    from batchdoctor.core.cost.log_hours import LogHours

__all__ = ["EventLog", "Problem"]

Read = TypeVar("Read")


def _nothing() -> None:
    pass


class EventLog(msgspec.Struct):
    """Logs to be read once, by one of `tally`, `events`, `failures` or `hours`.

    `paths` are files, folders, or `-` for `stdin`. A path that does not exist is an InputError;
    what cannot be read to its end is remembered in `problems`, and what came before it counts.
    `sources` are read before them.

    `workers` is how many processes may count; by itself as many as there are processors, where that
    pays.
    """

    paths: Sequence[str] = ()
    stdin: BinaryIO | None = None
    selection: Selection = msgspec.field(default_factory=Selection)
    workers: int | None = None
    sources: Sequence[Source] = ()
    problems: list[Problem] = msgspec.field(default_factory=list)
    position: Position = msgspec.field(default_factory=Position)
    """How far the reading is."""
    settle: Callable[[], None] = _nothing
    """Gives the tally what was counted and is not in it yet, of a reading that is cut short."""

    def tally(self, into: Tally | None = None) -> Tally:
        """Count everything, in the quickest way there is; into a tally if one is given."""
        tally = Tally() if into is None else into
        sources = self._sources()
        workers = self._processes(sources) if can_fork() or tally.names.portable else 1
        shares = divided(sources, workers)
        self.position.begin(shares)
        if len(shares) == 1:
            counted = count_pieces(shares[0], self.selection, tally, self.stdin, self.position)
        else:
            # Only here, because most logs are read before other processes would have begun.
            from batchdoctor.events.workers import count_shares

            counted = count_shares(shares, self.selection, self.stdin, tally, self.position)
        self.problems += counted.problems
        return tally

    def events(self, tally: Tally) -> Iterator[Event]:
        """Yield every event that was asked for, after counting it in `tally`."""
        return self._read(
            lambda stream, name: counted(entries(stream, name), self.selection, tally)
        )

    def some(self, tally: Tally, wanted: Callable[[LogRecord], bool]) -> Iterator[Event]:
        """Yield those that are `wanted`, and some others, after counting all events in `tally`."""
        return self._read(
            lambda stream, name: QuickCount(name, tally, self.selection, wanted).stream(stream)
        )

    def failures(self, tally: Tally) -> Iterator[Task]:
        """Yield every failed attempt once, as a task, after counting the events in `tally`."""
        pairs = pair_count(tally, self.selection, may_tell_failure)
        found = self._read(
            lambda stream, name: QuickCount(
                name, tally, self.selection, may_tell_failure, pairs
            ).stream(stream)
        )
        self.settle = pairs.give if pairs else _nothing
        try:
            yield from failed_tasks(found)
        finally:
            self.settle()

    def hours(self, into: LogHours) -> Iterator[None]:
        """Take notice of what every event tells of node hours, a part of the log at a time."""
        # Few ask what a log tells of node hours.
        from batchdoctor.events.told_hours import fold_hours

        return self._read(lambda stream, name: fold_hours(stream, name, into))

    def _read(self, read: Callable[[BufferedReader, str], Iterator[Read]]) -> Iterator[Read]:
        sources = self._sources()
        (pieces,) = divided(sources, 1)
        self.position.begin([pieces])
        expect([piece.source for piece in pieces])
        for piece in pieces:
            source, watch = piece.source, partial(self.position.opened, start=0)
            try:
                with self.position.reading(piece), opened(source, self.stdin, watch) as stream:
                    yield from read(stream, source.name)
            except (OSError, EOFError) as error:
                self.problems.append(problem_of(source.name, error))

    def _sources(self) -> list[Source]:
        selection = self.selection
        return [*self.sources, *sources_of(self.paths, selection.since, selection.until)]

    def _processes(self, sources: Sequence[Source]) -> int:
        if self.workers is not None:
            return self.workers
        return processors() if worth_sharing(sources) else 1
