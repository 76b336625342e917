"""Reads a timeline from an account, from its logs, or from each of them, what both tell once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.names import folded
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.text.wording import plural
from batchdoctor.core.timeline.gathered import Asked, Gathered
from batchdoctor.core.timeline.meant import Place, meant_by, places_of
from batchdoctor.core.timeline.of_event import may_have_happened, of_event
from batchdoctor.core.timeline.onset import Onset, merged
from batchdoctor.core.timeline.onsets import onsets_of_log
from batchdoctor.core.timeline.timeline import TimelineRead, timeline_of
from batchdoctor.work.timeline.live import LiveTimeline

if TYPE_CHECKING:
    from batchdoctor.work.logs.reading import LogReading
    from batchdoctor.work.reading.reading import Reading

_ONLY_LAST = "without --events only the last change of each pool, node and task is known"
_UNKNOWN = "there is no node of that name here, and nothing that happened tells of one"


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
    places: set[Place] = set()
    if reading is not None:
        live = LiveTimeline(reading, asked, gathered)
        onsets = live.read()
        history = live.history
        places |= live.places
        checked += live.checked()
        problems += reading.problems
        until = until or reading.outside.now()
    if log is None:
        checked.append(Checked(check="event-logs", objects=None, of="events", problem=_ONLY_LAST))
    else:
        untimed = 0
        for event in log.some(may_have_happened):
            happenings = list(of_event(event))
            untimed += event.time is None and not happenings
            for happening in happenings:
                gathered.add(happening)
        concluded = log.conclusion
        history, begin = concluded.history, concluded.span.since
        places |= places_of(history)
        onsets = merged(onsets, onsets_of_log(concluded))
        problems += concluded.problems
        events = sum(concluded.summary.events.values())
        blind = f"of {plural(untimed, 'event')} the log tells no time" if untimed else None
        checked.append(Checked(check="event-logs", objects=events, of="events", problem=blind))
        until = until or concluded.span.until
    places.update(gathered.places())
    meant = meant_by(asked, [*places])
    timeline = timeline_of(gathered, onsets, meant, limit)
    problems += [_unknown(name, places) for name in meant.unknown]
    first = min((each.time for each in timeline.happenings), default=None)
    if begin and asked.since:
        begin = max(begin, asked.since)
    span = Span(asked.since or begin or first, until)
    runs = meant.runs(history, span)
    return TimelineRead(timeline, span, checked, problems, runs, begin, meant.unknown)


def _unknown(name: str, places: Iterable[Place]) -> Problem:
    """That nothing is known of a node, and which known one may be meant."""
    with_pool = {folded(f"{pool}/{node}"): f"{pool}/{node}" for pool, node in places}
    alone = {folded(known).rpartition("/")[2]: known for known in with_pool.values()}
    known = with_pool if "/" in name else alone
    near = get_close_matches(folded(name), sorted(known), 1)
    told = f"{_UNKNOWN}; did you mean {known[near[0]]}?" if near else _UNKNOWN
    return Problem(f"node {name}", told, ProblemKind.NOT_FOUND)
