"""Attempts that started and are not known to have ended: which, where, and for how long."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from batchdoctor.core.log.attempt import ENDED, LOOSE, TELLING, NodeName, name_of
from batchdoctor.core.log.attempt_count import open_keys
from batchdoctor.core.log.attempt_key import REQUEUES
from batchdoctor.core.log.counted import counted
from batchdoctor.core.log.event import TASK_START, Event, LogRecord
from batchdoctor.core.log.job_attempts import counters, started
from batchdoctor.core.log.tally import NEVER, Tally

# Job, task, system task version, retry and requeue count in one, and the node of a start that names
# no requeue count.
_Key = tuple[str, str, int, int, NodeName | None]


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt; `duration_seconds` is until the last event of the log, whatever that is about.

    `requeue_count` is unknown for a start that names none, as those up to 2026. Of an `overtaken`
    one the task began again, at `next_start_time` if known, and the duration is until then.
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
    overtaken: bool = False
    next_start_time: datetime | None = None


class Starts:
    """The starts of a log that no end has followed yet; its events are added in their order.

    An end that comes before its start is not seen here, so the tally of the same events has the
    last word. Where one attempt is told to have ended on two nodes, only one of two starts that
    name no requeue count has ended by the tally, and which one is known only when all events are:
    then the other one is `missing`, until all events were shown to `recall`.
    """

    def __init__(self) -> None:
        self._waiting: dict[_Key, LogRecord] = {}
        # When tasks started again of which a start was waiting already.
        self._again: dict[tuple[str, str], list[datetime]] = {}
        self._tasks: Counter[tuple[str, str]] = Counter()
        self.missing: set[bytes] = set()
        """What the tally knows to be unfinished and `unfinished` could not list."""

    def add(self, event: Event) -> None:
        """Take notice of one event, if it is about an attempt."""
        record = counted(event)
        body = record.properties
        task = (body.job_id, body.id, body.system_task_version)
        tag, node = counters(body.execution_info), name_of(body.node_info)
        if record.operation_name == TASK_START:
            self._begin(_key_of(record), record)
        # Which run a requeue ends is known only when all events are.
        elif TELLING.get(record.operation_name, 0) & ENDED:
            self._end((*task, tag, None))
            self._end((*task, tag & ~REQUEUES, node))

    def recall(self, event: Event, tally: Tally) -> None:
        """Look again at an event that was added, for starts that are missing."""
        record = counted(event)
        if record.operation_name == TASK_START:
            key = _key_of(record)
            if tally.attempts.key(*key) in self.missing:
                self._begin(key, record)

    def _end(self, key: _Key) -> None:
        if key in self._waiting:
            del self._waiting[key]
            self._tasks[key[:2]] -= 1

    def _begin(self, key: _Key, record: LogRecord) -> None:
        task = key[:2]
        if record.time and (self._tasks[task] > 0):
            self._again.setdefault(task, []).append(record.time)
        known = self._waiting.get(key)
        if known is None:
            self._tasks[task] += 1
            self._waiting[key] = record
        # Of two deliveries the earlier one, as in the tally; time is None for a bare event.
        elif record.time and (not known.time or record.time < known.time):
            self._waiting[key] = record

    def unfinished(self, tally: Tally) -> list[Unfinished]:
        """What the tally of all events knows no end of, the longest running first.

        What was overtaken comes after what may still run.
        """
        running, overtaken = open_keys(tally.attempts)
        self.missing = running | overtaken
        found = []
        for key, record in self._waiting.items():
            name = tally.attempts.key(*key)
            self.missing.discard(name)
            if name in running:
                found.append(_unfinished(record, tally.last_time))
            elif name in overtaken:
                again = self._next_start(key, record.time)
                found.append(_unfinished(record, again or NEVER, again, overtaken=True))
        return sorted(found, key=_longest_first)

    def _next_start(self, key: _Key, start: datetime | None) -> datetime | None:
        later = [time for time in self._again.get(key[:2], ()) if start and time > start]
        return min(later, default=None)


def _key_of(record: LogRecord) -> _Key:
    """Under which a start waits."""
    body = record.properties
    loose = started(body.execution_info)[0] == LOOSE
    node = name_of(body.node_info) if loose else None
    return body.job_id, body.id, body.system_task_version, counters(body.execution_info), node


def _unfinished(
    record: LogRecord,
    until: datetime,
    next_start: datetime | None = None,
    *,
    overtaken: bool = False,
) -> Unfinished:
    body, start = record.properties, record.time
    node, execution = body.node_info, body.execution_info
    known = start is not None and until is not NEVER
    return Unfinished(
        job_id=body.job_id,
        task_id=body.id,
        pool_id=(node.pool_id or None) if node else None,
        node_id=(node.node_id or None) if node else None,
        start_time=start,
        duration_seconds=(until - start).total_seconds() if start and known else None,
        retry_count=(execution.retry_count or 0) if execution else 0,
        requeue_count=execution.requeue_count if execution else None,
        system_task_version=body.system_task_version,
        overtaken=overtaken,
        next_start_time=next_start,
    )


def _longest_first(found: Unfinished) -> tuple[bool, float, str, str]:
    return (found.overtaken, -(found.duration_seconds or 0), found.job_id, found.task_id)
