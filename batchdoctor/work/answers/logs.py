"""What diagnostic event logs say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from batchdoctor.core.answer import Answer
from batchdoctor.core.failures.item import failed_task
from batchdoctor.core.log.items import bucket_item, event_item, unfinished_item
from batchdoctor.core.log.show import Show
from batchdoctor.core.log.summary_item import log_summary
from batchdoctor.core.suspicion.item import suspect_item
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.work.logs.reading import LogReading
from batchdoctor.work.surroundings import Quiet


def log_answer(
    paths: Sequence[str], show: Show, selection: Selection, *, min_failures: int
) -> Answer[Any]:
    """Read logs in one pass. Raises InputError where there is no event at all."""
    log = EventLog(list(paths), selection=selection)
    return answer_of(LogReading(Quiet(), log, ", ".join(paths), min_failures=min_failures), show)


def answer_of(reading: LogReading, show: Show, notes: Sequence[str] = ()) -> Answer[Any]:
    """What a reading says, after notes that were made before it."""
    items = _items(reading, show)
    concluded = reading.conclusion
    return Answer(
        items=items,
        summary=log_summary(concluded),
        problems=list(concluded.problems),
        notes=(*notes, *reading.damaged_places()),
        span=concluded.span,
        checked=tuple(concluded.checked),
    )


def _items(reading: LogReading, show: Show) -> list[msgspec.Struct]:
    match show:
        case Show.FAILURES:
            return [failed_task(failure) for failure in reading.failures()]
        case Show.EVENTS:
            return [event_item(event) for event in reading.events()]
        case Show.NODES:
            return [suspect_item(node) for node in reading.suspects()]
        case Show.UNFINISHED:
            return [unfinished_item(attempt) for attempt in reading.unfinished()]
        case Show.TIMELINE:
            return [bucket_item(bucket) for bucket in reading.timeline()]
        case Show.SUMMARY:
            reading.count()
            return []
