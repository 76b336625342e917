"""Reads two event logs to be compared, each in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.logs import LogSide, compared_logs
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem
from batchdoctor.errors import InputError
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.work.surroundings import Surroundings


def compare_logs(
    outside: Surroundings,
    old: str,
    new: str,
    selection: Selection,
    problems: list[Problem],
    stdin: BinaryIO | None = None,
) -> Comparison:
    """Compare two logs, files or folders; what cannot be read to its end joins `problems`.

    One of them may be `-`, which is `stdin`.

    Raises InputError for one in which there is no event.
    """
    sides: Sequence[LogSide] = [
        _read(outside, place, selection, problems, stdin) for place in (old, new)
    ]
    return compared_logs(*sides)


def _read(
    outside: Surroundings,
    place: str,
    selection: Selection,
    problems: list[Problem],
    stdin: BinaryIO | None,
) -> LogSide:
    log = EventLog([place], stdin=stdin, selection=selection)
    side = LogSide("standard input" if place == "-" else place)
    at = log.position
    outside.progress(Advance(f"reading {place}", lambda: at.done, lambda: at.total, BYTES))
    for event in log.events(Tally()):
        side.add(event)
        outside.stop_if_asked()
    problems += log.problems
    if not side.events:
        raise InputError(
            f"There is no event that was asked for in {place}.",
            hint="batchdoctor events parse tells what is in it",
        )
    return side
