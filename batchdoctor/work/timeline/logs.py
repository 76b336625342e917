"""The logs of a timeline: more of them than is shown, so that it is known what was usual before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO

from batchdoctor.core.timeline.gathered import Asked
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.work.logs.reading import LogReading
from batchdoctor.work.surroundings import Surroundings

# So much before the time that is asked about is read, too: what fails is compared with it.
BEFORE = timedelta(hours=24)


def log_of(
    outside: Surroundings, paths: Sequence[str], asked: Asked, stdin: BinaryIO | None = None
) -> LogReading | None:
    """The logs at some paths, to be read once; None for no path.

    Jobs and nodes are sorted out later: the events of their pools are about them, too.
    """
    if not paths:
        return None
    since = asked.since - BEFORE if asked.since else None
    selection = Selection(since=since, until=asked.until, pools=asked.pools)
    log = EventLog(list(paths), stdin=stdin, selection=selection)
    named = ", ".join("standard input" if path == "-" else path for path in paths)
    return LogReading(outside, log, named, min_failures=2)
