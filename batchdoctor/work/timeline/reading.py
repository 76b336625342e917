"""Reads a timeline from an account, from its logs, or from each of them, what both tell once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.problem import Problem
from batchdoctor.core.timeline.gathered import Asked, Gathered
from batchdoctor.core.timeline.of_event import of_event
from batchdoctor.core.timeline.onset import Onset, merged, onsets_of_log
from batchdoctor.core.timeline.timeline import Timeline, timeline_of
from batchdoctor.work.timeline.live import LiveTimeline

if TYPE_CHECKING:
    from batchdoctor.work.logs.reading import LogReading
    from batchdoctor.work.reading.reading import Reading

_ONLY_LAST = "without --events only the last change of each pool, node and task is known"


class TimelineRead(msgspec.Struct, frozen=True):
    """A timeline, the time that it covers, what it rests on, and what could not be read."""

    timeline: Timeline
    span: Span
    checked: Sequence[Checked]
    problems: Sequence[Problem]


def read_timeline(
    asked: Asked, limit: int, reading: Reading | None, log: LogReading | None
) -> TimelineRead:
    """Read an account, logs or both; of each what it alone knows. Raises as their first read."""
    gathered = Gathered(asked)
    onsets: list[Onset] = []
    checked: list[Checked] = []
    problems: list[Problem] = []
    until = asked.until
    if reading is not None:
        live = LiveTimeline(reading, asked, gathered)
        onsets = live.read()
        checked += live.checked()
        problems += reading.problems
        until = until or reading.outside.now()
    if log is None:
        checked.append(Checked(check="event-logs", objects=None, of="events", problem=_ONLY_LAST))
    else:
        for event in log.events():
            for happening in of_event(event):
                gathered.add(happening)
        concluded = log.conclusion
        onsets = merged(onsets, onsets_of_log(concluded))
        problems += concluded.problems
        events = sum(concluded.summary.events.values())
        checked.append(Checked(check="event-logs", objects=events, of="events"))
        until = until or concluded.span.until
    timeline = timeline_of(gathered, onsets, asked, limit)
    first = min((each.time for each in timeline.happenings), default=None)
    return TimelineRead(timeline, Span(asked.since or first, until), checked, problems)
