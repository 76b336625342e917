"""The mergeable fold over the events of a log: some 30 bytes an attempt, none an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from batchdoctor.core.log.assumed import Untimed
from batchdoctor.core.log.attempt import (
    LOOSE,
    NODE_SHIFT,
    NODES,
    ONE_OUTCOME,
    START,
    TELLING,
    Names,
    Place,
)
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.counted import counted, tells_error, without_error
from batchdoctor.core.log.damage import Damage
from batchdoctor.core.log.event import (
    KNOWN_EVENTS,
    POOL_EVENTS,
    POOL_RESIZE_START,
    TASK_REQUEUE,
    TASK_START,
    CountedExecution,
    Event,
    LogRecord,
)
from batchdoctor.core.log.job_attempts import (
    FIRST,
    FIRST_NAMED,
    Closing,
    JobAttempts,
    add_closing,
    seconds_of,
    with_endings,
)
from batchdoctor.core.log.paired import Paired, ToldWay, time_of
from batchdoctor.core.log.paired_rows import PairedRows
from batchdoctor.core.log.trouble import (
    TROUBLED_EVENTS,
    Trouble,
    TroubleName,
    note_event,
    note_trouble,
)
from batchdoctor.core.log.ways import NO_WAY, Way, Ways
from batchdoctor.core.records import same

NEVER = datetime(1, 1, 1, tzinfo=UTC)
ALWAYS = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class NotDecidedError(ValueError):
    """The counted fields of a record do not say enough; the whole event has to be looked at."""


class Tally:
    """Counts over events, in one pass and in any order.

    Tallies of any split of the same events, merged in any order, equal the tally of the whole. Only
    those that are `portable` can be written to a file, or merged with such ones; others are for one
    process and those that it forks.
    """

    def __init__(self, *, portable: bool = False) -> None:
        self.damage = Damage()
        self.names = Names(portable=portable)
        self.attempts = AttemptStore(self.names)
        self.pools: set[str] = set()
        # Resizes that began, by second since 1970.
        self.resizes: dict[int, int] = {}
        # What failed and is no attempt of a task.
        self.troubles: dict[TroubleName, Trouble] = {}
        self.untimed = Untimed()
        self.assumed: set[str] = set()
        # Digests of the files of tallies that it is made of.
        self.parts: set[str] = set()
        self.audit_records = 0
        # Whether there were events that nobody asked for.
        self.left_out = False
        self.first_time = ALWAYS
        self.last_time = NEVER
        self.last_failures: dict[int, datetime] = {}
        # Events that no way below counts: of other kinds, and from other tallies.
        self.met: dict[str, int] = {}
        self._starts = 0
        self._ways = Ways(self.names)

    @property
    def events(self) -> dict[str, int]:
        """Deliveries by operation name."""
        return dict(self._ways.met() + Counter(self.met) + Counter({TASK_START: self._starts}))

    def add(self, event: Event) -> None:
        """Count one event.

        Raises NotDecidedError for one of a task without job or task id.
        """
        name, record = event.operation_name, counted(event)
        if event.unread_time is not None:
            self.untimed.note(event.unread_time)
        if name not in KNOWN_EVENTS and same(event.category, "AuditLog"):
            self.audit_records += 1
        elif name not in TELLING:
            self._add_other(record)
        elif event.time is None:
            self._add_untimed(without_error(record))
        else:
            self.add_all((without_error(record),))
        note_event(self.troubles, event)

    # One loop without calls: a call would cost a tenth of all that is done for an event.
    def add_all(self, records: Iterable[LogRecord]) -> None:  # noqa: C901, PLR0912
        """Count many records; written for speed, since it is all that is done for most of a log.

        Raises NotDecidedError, before anything of it is counted, for a record that is no event of
        Azure Batch, one without the ids that it needs, or whose time is not in UTC; and whatever
        `records` raises. What came before is counted, and `records` may be iterated on.
        """
        ways, places, jobs = self._ways.known, self.names.places, self.attempts.jobs
        first, last, starts = self.first_time, self.last_time, 0
        closing: list[Closing] = []
        close = closing.append
        try:
            for record in records:
                body, name, time = record.properties, record.operation_name, record.time
                if not (task_id := body.id) or time.tzinfo is not UTC:
                    raise NotDecidedError(f"{name} without id, or at a time of another zone")
                try:
                    attempts = jobs[body.job_id]
                    if name != TASK_START:
                        way, place = ways[name][body.execution_info], places[body.node_info]
                except KeyError:
                    if name not in TELLING:
                        self._add_known(record)
                        continue
                    attempts, way, place = self._learn(record)
                if time > last:
                    last = time
                    if first is ALWAYS:
                        first = time
                elif time < first:
                    first = time
                if name == TASK_START:
                    starts += 1
                    if attempts.opened.setdefault(task_id, record) is not record:
                        attempts.tell_start(self.names, record)
                    continue
                way[3] += 1
                begun = attempts.opened.pop(task_id, None)
                if begun is not None:
                    start, version = begun.properties, body.system_task_version
                    execution = start.execution_info
                    if (
                        not way[1]
                        and start.system_task_version == version
                        and start.node_info == body.node_info
                        and ((unnamed := execution == FIRST) or execution == FIRST_NAMED)
                    ):
                        if way[2]:
                            packed = place.completed if unnamed else place.completed_named
                            close((attempts.closed, task_id, version, packed, begun.time, time))
                        else:
                            bits = LOOSE if unnamed else START
                            self._tell(attempts, record, way[0] | place.bits | bits, 0, begun.time)
                        continue
                    attempts.tell_start(self.names, begun)
                self._tell(attempts, record, way[0] | place.bits, way[1], None)
        finally:
            self._starts += starts
            self.first_time, self.last_time = min(self.first_time, first), max(self.last_time, last)
            add_closing(self.names, closing, self.first_time, self.last_time)

    def ending(self, name: str, execution: CountedExecution) -> tuple[int, bool, bool]:
        """Counters of an attempt whose end is told in this way; whether it closes, and failed.

        To close is to make one row with the start: a first attempt that completed well does.
        """
        packed, tag, closes, _ = self._ways.way(name, execution)
        return tag, closes, packed >= ONE_OUTCOME

    def add_paired(self, paired: Paired) -> None:
        """Count what was paired elsewhere, as `add_all` would have counted the same records.

        Its tasks must be numbered as those of this tally are.
        """
        rows = PairedRows(self.names, paired, [*map(self._told_in, paired.ways)])
        for moment in paired.moments:
            self._note_time(time_of(moment))
        for job in paired.jobs:
            attempts = self.attempts.of_job(job.job_id)
            attempts.closed += with_endings(job.closed, rows.completed.__getitem__)
            attempts.ended += with_endings(job.ended, rows.endings.__getitem__)
            attempts.tell_all(self.names, rows.other(job))
        for node, moment in rows.last_failures.items():
            self._note_failure(node, time_of(moment))
        self.attempts.settle(sum(way.times for way in paired.ways))

    def _told_in(self, way: ToldWay) -> int:
        """Count events of a way; what they tell of an attempt, without a node."""
        if way.operation_name == TASK_START:
            self._starts += way.times
            return 0
        known = self._ways.to_end(way.operation_name, way.execution)
        known[3] += way.times
        return int(known[0])

    def merge(self, other: Tally) -> None:
        """Add another's counts; the order of merging makes no difference."""
        self.damage.merge(other.damage)
        for name, times in other.events.items():
            self.met[name] = self.met.get(name, 0) + times
        self.pools |= other.pools
        self.audit_records += other.audit_records
        self.left_out |= other.left_out
        for second, times in other.resizes.items():
            self.resizes[second] = self.resizes.get(second, 0) + times
        self.untimed.merge(other.untimed)
        self.assumed |= other.assumed
        for what, trouble in other.troubles.items():
            note_trouble(self.troubles, what, trouble)
        self.parts |= other.parts
        self.first_time = min(self.first_time, other.first_time)
        self.last_time = max(self.last_time, other.last_time)
        for index, time in other.last_failures.items():
            node = self.names.node_bits(other.names.nodes[index]) >> NODE_SHIFT
            self._note_failure(node, time)
        self.attempts.merge(other.attempts)

    def _tell(
        self,
        attempts: JobAttempts,
        record: LogRecord,
        packed: int,
        tag: int,
        begun: datetime | None,
    ) -> None:
        """Add what the end of an attempt tells; the quick cases never come here."""
        attempts.tell_end(self.names, record, packed, tag, begun)
        if packed >= ONE_OUTCOME and record.time is not None:
            self._note_failure(packed >> NODE_SHIFT & NODES, record.time)

    def _note_failure(self, node: int, time: datetime) -> None:
        last = self.last_failures.get(node)
        if last is None or time > last:
            self.last_failures[node] = time

    def _learn(self, record: LogRecord) -> tuple[JobAttempts, Way, Place]:
        """Meet a new way to end, node or job."""
        name, body = record.operation_name, record.properties
        if not body.job_id or not body.id:
            raise NotDecidedError(f"{name} without a job or task id")
        told = name == TASK_REQUEUE and tells_error(body.execution_info)
        if told or (body.execution_info is not None and body.execution_info.is_unclear):
            raise NotDecidedError(f"{name} that may tell of a failure by other fields")
        way = NO_WAY if name == TASK_START else self._ways.to_end(name, body.execution_info)
        self._note_time(record.time)
        return self.attempts.of_job(body.job_id), way, self.names.place(body.node_info)

    def _add_known(self, record: LogRecord) -> None:
        name = record.operation_name
        if name not in KNOWN_EVENTS:
            raise NotDecidedError(f"{name} is not a known event")
        if name in TROUBLED_EVENTS:
            raise NotDecidedError(f"{name} may tell of a failure by other fields")
        self._add_other(record)

    def _add_other(self, record: LogRecord) -> None:
        """Count an event that tells of no attempt."""
        name, body = record.operation_name, record.properties
        self.met[name] = self.met.get(name, 0) + 1
        self._note_time(record.time)
        if name == POOL_RESIZE_START and record.time is not None:
            second = seconds_of(record.time)
            self.resizes[second] = self.resizes.get(second, 0) + 1
        if name in POOL_EVENTS:
            self.pools |= {body.id or body.pool_id or ""} - {""}
            return
        if body.node_info is not None:
            self.names.place(body.node_info)
        if body.job_id:
            self.names.job_index(body.job_id)

    def _add_untimed(self, record: LogRecord) -> None:
        attempts, way, place = self._learn(record)
        if record.operation_name == TASK_START:
            self._starts += 1
            attempts.tell_start(self.names, record)
        else:
            way[3] += 1
            self._tell(attempts, record, way[0] | place.bits, way[1], None)

    def _note_time(self, time: datetime | None) -> None:
        if time is not None:
            self.last_time, self.first_time = max(self.last_time, time), min(self.first_time, time)
