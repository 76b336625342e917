"""Reads a timeline from an account, from its logs, or from each of them, what both tell once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.names import folded
from batchdoctor.core.problem import Problem
from batchdoctor.core.suspicion.begun import Begun, second_of
from batchdoctor.core.suspicion.history import History, seconds_of
from batchdoctor.core.timeline.gathered import Asked, Gathered
from batchdoctor.core.timeline.of_event import may_have_happened, of_event
from batchdoctor.core.timeline.onset import Onset, merged
from batchdoctor.core.timeline.onsets import onsets_of_log
from batchdoctor.core.timeline.timeline import TimelineRead, timeline_of
from batchdoctor.work.timeline.live import LiveTimeline

if TYPE_CHECKING:
    from batchdoctor.work.logs.reading import LogReading
    from batchdoctor.work.reading.reading import Reading

_ONLY_LAST = "without --events only the last change of each pool, node and task is known"


def read_timeline(
    asked: Asked, limit: int, reading: Reading | None, log: LogReading | None
) -> TimelineRead:
    """Read an account, logs or both; of each what it alone knows. Raises as their first read."""
    gathered = Gathered(asked)
    onsets: list[Onset] = []
    checked: list[Checked] = []
    problems: list[Problem] = []
    until, begin = asked.until, None
    history: History | None = None
    if reading is not None:
        live = LiveTimeline(reading, asked, gathered)
        onsets = live.read()
        history = live.history
        checked += live.checked()
        problems += reading.problems
        until = until or reading.outside.now()
    if log is None:
        checked.append(Checked(check="event-logs", objects=None, of="events", problem=_ONLY_LAST))
    else:
        for event in log.some(may_have_happened):
            for happening in of_event(event):
                gathered.add(happening)
        concluded = log.conclusion
        history, begin = concluded.history, concluded.span.since
        onsets = merged(onsets, onsets_of_log(concluded))
        problems += concluded.problems
        events = sum(concluded.summary.events.values())
        checked.append(Checked(check="event-logs", objects=events, of="events"))
        until = until or concluded.span.until
    timeline = timeline_of(gathered, onsets, asked, limit)
    first = min((each.time for each in timeline.happenings), default=None)
    if begin and asked.since:
        begin = max(begin, asked.since)
    span = Span(asked.since or begin or first, until)
    return TimelineRead(timeline, span, checked, problems, _runs(history, span, asked), begin)


def _runs(history: History | None, span: Span, asked: Asked) -> Counter[int]:
    """How many runs of the jobs that are asked about began when; of nodes it is not counted."""
    found: Counter[int] = Counter()
    if asked.nodes:
        return found
    begun = Begun(history)
    first, last = seconds_of(span.since), seconds_of(span.until)
    for (what, place), count in begun.counts.items():
        second = second_of(place)
        is_meant = not asked.jobs or folded(begun.whats[what].job_id) in asked.jobs
        if is_meant and first <= second and (not last or second < last):
            found[second] += count
    return found
