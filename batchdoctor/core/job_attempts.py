"""The recent attempts of one job, each kept in the cheapest way that loses nothing of it.

Most attempts are told of twice: a start, and soon after it an end without failure. So a start is
only laid aside under its task; the end takes it up again, and both become one short row. Whatever
is not as simple as that is joined under its exact key.

An attempt may be in several of these places, as when the same events were delivered twice; joining
(see `attempt`) may happen at any time and in any order, and does before anything is counted.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from operator import itemgetter

from batchdoctor.core.attempt import ENDED, LOOSE, ONE_OUTCOME, START, Names, moment_of
from batchdoctor.core.event import CountedExecution, LogRecord

# Task, system task version, and retry and requeue count in one (see `counters`).
Key = tuple[str, int, int]
# What is known of an attempt, with a moment while that is worth anything.
Recent = int | tuple[int, datetime | None]
# An attempt that started and completed, the first one of its task: task, system task version, and
# what is known of it.
Closed = tuple[str, int, int]

# A first attempt, as starts tell of it up to 2026, and since.
FIRST = CountedExecution(retry_count=0)
FIRST_NAMED = CountedExecution(retry_count=0, requeue_count=0)

_TASK = itemgetter(0)


class JobAttempts:
    """Attempts of a job: `opened` by task, `closed` in any order, and `others` by key.

    The three are open to the fold that fills them.
    """

    __slots__ = ("closed", "opened", "others")

    def __init__(self) -> None:
        self.opened: dict[str, LogRecord] = {}
        self.closed: list[Closed] = []
        self.others: dict[Key, Recent] = {}

    def __len__(self) -> int:
        return len(self.opened) + len(self.closed) + len(self.others)

    def tell(self, names: Names, key: Key, packed: int, time: datetime | None) -> None:
        """Join what was told of one attempt to what is known of it."""
        known, moment = unpacked(self.others.get(key, 0))
        if known:
            time = moment_of(known, moment, packed, time)
            packed = names.join(known, packed)
        self.others[key] = (packed, time) if worth_a_moment(packed) else packed

    def tell_start(self, names: Names, record: LogRecord) -> None:
        """Join what a start tells, which no end was found for."""
        body = record.properties
        bits, tag = started(body.execution_info)
        packed = names.place(body.node_info)[0] | bits
        self.tell(names, (body.id, body.system_task_version, tag), packed, record.time)

    def settle(self, names: Names) -> None:
        """Wait no longer for ends: afterwards every attempt is in `closed` or `others`."""
        opened, self.opened = self.opened, {}
        for record in opened.values():
            self.tell_start(names, record)

    def set_apart(self, names: Names) -> None:
        """Settle, and leave only those in `closed` of whose task nothing else is known."""
        self.settle(names)
        tasks = set(map(_TASK, self.closed))
        met_again = set(map(_TASK, self.others)) & tasks
        if len(tasks) < len(self.closed):
            times = Counter(map(_TASK, self.closed))
            met_again |= {task for task, count in times.items() if count > 1}
        if not met_again:
            return
        closed, self.closed = self.closed, []
        for row in closed:
            if row[0] in met_again:
                self.tell(names, (row[0], row[1], 0), row[2], None)
            else:
                self.closed.append(row)


def started(execution: CountedExecution | None) -> tuple[int, int]:
    """What a start tells of its attempt, and the attempt's counters."""
    retries = execution.retry_count if execution else None
    requeues = execution.requeue_count if execution else None
    return LOOSE if requeues is None else START, counters(retries or 0, requeues or 0)


def counters(retries: int, requeues: int) -> int:
    """Retry and requeue count in one number, 0 for the first attempt of a task."""
    return (retries & 0xFFFF) << 16 | requeues & 0xFFFF


def unpacked(recent: Recent) -> tuple[int, datetime | None]:
    """What is known of a recent attempt, and its moment."""
    return (recent, None) if isinstance(recent, int) else recent


def worth_a_moment(packed: int) -> bool:
    """Whether the moment of an attempt tells anything: it failed, or it has not ended."""
    return packed >= ONE_OUTCOME or not packed & ENDED
