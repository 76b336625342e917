"""The recent attempts of one job, each kept in the cheapest way that loses nothing of it.

Most attempts are told of twice: a start, and soon after it an end without failure. So a start is
only laid aside under its task; the end takes it up again, and both become one row of four
numbers. Whatever is not as simple as that is joined under its exact key.

An attempt may be in several of these places, as when the same events were delivered twice; joining
(see `attempt`) may happen at any time and in any order, and does before anything is counted.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import compress, repeat
from operator import sub
from struct import Struct

from batchdoctor.core.log.attempt import LOOSE, ONE_OUTCOME, PLACE, START, Names, when_of
from batchdoctor.core.log.attempt_key import (
    VERSION,
    Key,
    Recent,
    joined,
    loose_key,
    parts,
    stay_together,
)
from batchdoctor.core.log.event import CountedExecution, LogRecord
from batchdoctor.core.suspicion.history import upper_halves
from batchdoctor.core.suspicion.kind import kind_of, kinds_in

# A first attempt, as starts tell of it up to 2026, and since.
FIRST = CountedExecution(retry_count=0)
FIRST_NAMED = CountedExecution(retry_count=0, requeue_count=0)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 2**32 - 1
# Between these a time is a whole number of seconds that a row holds as it is.
_EARLY, _LATE = datetime(1970, 1, 2, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
_SIGN = 2**63
_SIGNED = 2**31 - 1
_LOW = 2**32 - 1
_PACKED_ROW = Struct("4q").pack

# Memory in units of one of the `others`: of a job and of a start; and the rows in one unit.
_JOB, _START, _ROWS = 2, 2, 4
# The most that one event can add.
HEAVIEST = _JOB + _START
# Numbers in a row of `closed`, and where they are.
ROW = 4
TASKS, VERSIONS, PACKED, WHEN = (slice(column, None, ROW) for column in range(ROW))


# The rows that an attempt closes into; task, version, what is known, and when it began and ended.
Closing = tuple["array[int]", str, int, int, datetime, datetime]


class JobAttempts:
    """Attempts of a job: `opened` by task id, `closed` and `ended` as rows, and `others` by key.

    `closed` are attempts that started and completed, each the first one of its task, one after the
    other: number of the task, kind and version, what is known, and when it ran. `ended` are such
    that ended in another way, where they were paired elsewhere or failed. All are open to the fold
    that fills them.
    """

    __slots__ = ("_failed", "closed", "ended", "opened", "others")

    def __init__(self) -> None:
        self.opened: dict[str, LogRecord] = {}
        self.closed = array("q")
        self.ended = array("q")
        self.others: dict[Key, Recent] = {}
        # Where in `ended` the run of a task is that may be told of a second time.
        self._failed: dict[str, int] = {}

    @property
    def weight(self) -> int:
        """What memory is used, in attempts kept under their key."""
        rows = (len(self.closed) + len(self.ended)) // ROW
        kept = len(self.others) + len(self._failed)
        return _JOB + _START * len(self.opened) + rows // _ROWS + kept

    def tell(self, names: Names, key: Key, packed: int, when: int) -> None:
        """Join what was told of one attempt to what is known of it."""
        known = self.others.get(key)
        if known is None or stay_together(known[0], packed):
            self.others[key] = joined(names, known, packed, when)
            return
        del self.others[key]
        for each in ((packed, when), known):
            for part, told, moment in parts(names, key, *each):
                self.others[part] = joined(names, self.others.get(part), told, moment)

    def tell_all(self, names: Names, told: Iterable[tuple[Key, int, int]]) -> None:
        """Join what was told of many attempts, most of which nothing is known of yet."""
        others = self.others
        for key, packed, when in told:
            if key in others:
                self.tell(names, key, packed, when)
            else:
                others[key] = packed, when

    def tell_start(self, names: Names, record: LogRecord) -> None:
        """Join what a start tells, which no end was found for."""
        self.tell(names, *_told_by_start(names, record))

    def tell_end(
        self, names: Names, record: LogRecord, packed: int, tag: int, begun: datetime | None
    ) -> None:
        """Join what an end tells, and when the attempt began if its start is told with it."""
        if not tag and begun is not None and packed >= ONE_OUTCOME:
            self._fail(names, record, packed, begun)
            return
        if not tag and begun is None and self._fail_again(names, record, packed):
            return
        body = record.properties
        key = (names.task_number(body.id), versioned(body.id, body.system_task_version), tag)
        start = None if begun is None else seconds_of(begun)
        self.tell(names, key, packed, when_of(start, seconds_of(record.time)))

    def _fail(self, names: Names, record: LogRecord, packed: int, begun: datetime) -> None:
        """Add a first attempt that failed, by one of the events that tell of it."""
        body = record.properties
        self._failed[body.id] = len(self.ended)
        version = versioned(body.id, body.system_task_version)
        when = ran(begun, record.time)
        self.ended.fromlist([names.task_number(body.id), version, packed, when])

    def _fail_again(self, names: Names, record: LogRecord, packed: int) -> bool:
        """Join what the other event tells of such an attempt; False if it is of another one."""
        body, ended = record.properties, self.ended
        place = self._failed.pop(body.id, None)
        # Of a bare event the time is not known.
        if place is None or record.time is None:
            return False
        _, version, known, when = ended[place : place + ROW]
        if version & VERSION != body.system_task_version or (known ^ packed) & PLACE:
            return False
        ended[place + 2] = names.join(known, packed)
        if packed >= ONE_OUTCOME:
            ended[place + 3] = when & ~_LOW | min(when & _LOW, seconds_of(record.time))
        return True

    def settle(self, names: Names) -> None:
        """Wait no longer for ends: afterwards no attempt is in `opened`."""
        opened, self.opened = self.opened, {}
        for record in opened.values():
            self.tell_start(names, record)

    def told(self, names: Names) -> Iterator[tuple[Key, int, int]]:
        """What is known of every attempt; of one that is in several places, in as many parts."""
        for record in self.opened.values():
            yield _told_by_start(names, record)
        for task, version, packed, when in self.rows():
            yield (task, version, 0), packed, when
        for key, recent in self.others.items():
            yield key, *recent

    def set_apart(self, names: Names) -> None:
        """Settle, and leave only those as rows of whose task nothing else is known."""
        self.settle(names)
        numbers = self.closed[TASKS] + self.ended[TASKS]
        tasks = set(numbers)
        met_again = {key[0] for key in self.others} & tasks
        if len(tasks) < len(numbers):
            met_again |= {task for task, times in Counter(numbers).items() if times > 1}
        if met_again:
            self._failed.clear()
            self.closed = self._without(self.closed, met_again, names)
            self.ended = self._without(self.ended, met_again, names)

    def _without(self, rows: array[int], tasks: Collection[int], names: Names) -> array[int]:
        """The rows that are not of some tasks; what those tell moves to `others`."""
        kept, done = array("q"), 0
        for place in compress(range(len(rows)), map(tasks.__contains__, rows[TASKS])):
            begin = ROW * place
            task, version, packed, when = rows[begin : begin + ROW]
            self.tell(names, (task, version, 0), packed, when)
            kept += rows[done:begin]
            done = begin + ROW
        return kept + rows[done:]

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """The attempts in `closed` and `ended`."""
        for rows in (self.closed, self.ended):
            yield from zip(rows[TASKS], rows[VERSIONS], rows[PACKED], rows[WHEN], strict=True)


def add_closing(names: Names, closing: Sequence[Closing], first: datetime, last: datetime) -> None:
    """Add first attempts that completed well, many at once: most of it is then done in C.

    None of their times is before the first one that is given, or after the last.
    """
    if not closing:
        return
    _, ids, versions, packed, begun, ended = zip(*closing, strict=True)
    kinds = [kind << 32 | version for kind, version in zip(kinds_in(ids), versions, strict=True)]
    since = zip(map(sub, begun, repeat(_EPOCH)), map(sub, ended, repeat(_EPOCH)), strict=True)
    when: Iterable[int] = map(ran, begun, ended)
    if first > _EARLY and last < _LATE:
        when = [
            (start.days * 86_400 + start.seconds) << 32 | end.days * 86_400 + end.seconds
            for start, end in since
        ]
    rows = map(_PACKED_ROW, map(names.task_number, ids), kinds, packed, when)
    for (to, *_), row in zip(closing, rows, strict=True):
        to.frombytes(row)


def with_endings(rows: array[int], known: Callable[[int], int]) -> array[int]:
    """Rows that name an ending each, with what is known of such attempts in its place."""
    if not rows:
        return rows
    rows = rows[:]
    rows[PACKED] = array("q", list(map(known, rows[PACKED])))
    return rows


def kinds_of(rows: array[int]) -> array[int]:
    """The kind of each task in rows."""
    return upper_halves(rows[VERSIONS])


def versioned(task_id: str, version: int) -> int:
    """Kind of a task and its version in one number."""
    return kind_of(task_id) << 32 | version


def seconds_of(moment: datetime | None) -> int:
    """Whole seconds since 1970, at least 1 and at most what four bytes hold; 0 for no moment."""
    if moment is None:
        return 0
    since = moment - _EPOCH
    seconds = since.days * 86_400 + since.seconds
    return seconds if 0 < seconds <= LATEST else min(max(seconds, 1), LATEST)


def ran(start: datetime, end: datetime) -> int:
    """When an attempt started and ended (see `when_of`), as a row of signed numbers holds it."""
    begun, ended = start - _EPOCH, end - _EPOCH
    first = begun.days * 86_400 + begun.seconds
    last = ended.days * 86_400 + ended.seconds
    if 0 < first <= _SIGNED and 0 < last <= LATEST:
        return first << 32 | last
    when = when_of(seconds_of(start), seconds_of(end))
    return when if when < _SIGN else when - 2 * _SIGN


def _told_by_start(names: Names, record: LogRecord) -> tuple[Key, int, int]:
    body = record.properties
    bits, tag = started(body.execution_info)
    key = (names.task_number(body.id), versioned(body.id, body.system_task_version), tag)
    place = names.place(body.node_info).bits
    if bits == LOOSE:
        key = loose_key(key, names.node(place))
    return key, place | bits, when_of(seconds_of(record.time), None)


def started(execution: CountedExecution | None) -> tuple[int, int]:
    """What a start tells of its attempt, and the attempt's counters."""
    named = execution is not None and execution.requeue_count is not None
    return START if named else LOOSE, counters(execution)


def counters(execution: CountedExecution | None) -> int:
    """Retry and requeue count in one number, 0 for the first attempt of a task."""
    if execution is None:
        return 0
    retries, requeues = execution.retry_count or 0, execution.requeue_count or 0
    return (retries & 0xFFFF) << 16 | requeues & 0xFFFF
