"""Attempts that started and are not known to have ended: which, where, and for how long."""

from __future__ import annotations

from datetime import datetime

import msgspec

from batchdoctor.core.log.attempt_count import open_keys
from batchdoctor.core.log.counted import counted
from batchdoctor.core.log.event import TASK_START, Event, LogRecord
from batchdoctor.core.log.job_attempts import counters
from batchdoctor.core.log.tally import ENDINGS, NEVER, Tally

# Job, task, system task version, and retry and requeue count in one.
_Key = tuple[str, str, int, int]


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt; `duration_seconds` is until the last event of the log, whatever that is about.

    `requeue_count` is unknown for a start that names none, as those up to 2026.
    """

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    start_time: datetime | None
    duration_seconds: float | None
    retry_count: int
    requeue_count: int | None
    system_task_version: int


class Starts:
    """The starts of a log that no end has followed yet; its events are added in their order.

    An end that comes before its start is not seen here, so the tally of the same events has the
    last word.
    """

    def __init__(self) -> None:
        self._waiting: dict[_Key, LogRecord] = {}

    def add(self, event: Event) -> None:
        """Take notice of one event, if it is about an attempt."""
        record = counted(event)
        body = record.properties
        key = (body.job_id, body.id, body.system_task_version, counters(body.execution_info))
        if record.operation_name == TASK_START:
            known = self._waiting.setdefault(key, record)
            # Of two deliveries the earlier one, as in the tally; time is None for a bare event.
            if record.time and (not known.time or record.time < known.time):
                self._waiting[key] = record
        elif record.operation_name in ENDINGS:
            self._waiting.pop(key, None)

    def unfinished(self, tally: Tally) -> list[Unfinished]:
        """What the tally of all events knows no end of, the longest running first."""
        opened = open_keys(tally.attempts)
        found = [
            _unfinished(record, tally.last_time)
            for key, record in self._waiting.items()
            if tally.attempts.key(*key) in opened
        ]
        return sorted(found, key=_longest_first)


def _unfinished(record: LogRecord, last_time: datetime) -> Unfinished:
    body, start = record.properties, record.time
    node, execution = body.node_info, body.execution_info
    known = start is not None and last_time is not NEVER
    return Unfinished(
        job_id=body.job_id,
        task_id=body.id,
        pool_id=(node.pool_id or None) if node else None,
        node_id=(node.node_id or None) if node else None,
        start_time=start,
        duration_seconds=(last_time - start).total_seconds() if known else None,
        retry_count=(execution.retry_count or 0) if execution else 0,
        requeue_count=execution.requeue_count if execution else None,
        system_task_version=body.system_task_version,
    )


def _longest_first(found: Unfinished) -> tuple[float, str, str]:
    return (-(found.duration_seconds or 0), found.job_id, found.task_id)
