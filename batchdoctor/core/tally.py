"""The mergeable fold over the events of a log; an attempt costs it 32 bytes, an event nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from batchdoctor.core.attempt import (
    ENDED,
    FAIL,
    LOOSE,
    NODE_SHIFT,
    NODES,
    ONE_NODE,
    ONE_OUTCOME,
    START,
    TELLING,
    Names,
    NodeName,
)
from batchdoctor.core.attempt_store import (
    AttemptStore,
    JobAttempts,
    Key,
    counters,
    seconds_of,
)
from batchdoctor.core.counted import counted
from batchdoctor.core.damage import Damage
from batchdoctor.core.event import (
    KNOWN_EVENTS,
    POOL_EVENTS,
    POOL_RESIZE_START,
    CountedBody,
    CountedExecution,
    CountedFailure,
    CountedNode,
    Event,
    LogRecord,
)
from batchdoctor.core.outcome import outcome_of
from batchdoctor.core.records import same

NEVER = datetime(1, 1, 1, tzinfo=UTC)
ALWAYS = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_UNTOLD = CountedExecution()
_NO_FAILURE = CountedFailure()
# Beyond this many, ways to tell are forgotten and learned again: exit codes may be random numbers.
MANY_WAYS = 20_000

# One way in which an event tells of an attempt: packed bits without a node, retry and requeue
# count, whether it is a start, and how often it was met. A list, so that it is counted in place.
Way = list[Any]


class NotDecidedError(ValueError):
    """The counted fields of a record do not say enough; the whole event has to be looked at."""


class Tally:
    """Counts over events, in one pass and in any order.

    Tallies of any split of the same events, merged in any order, equal the tally of the whole.
    """

    def __init__(self) -> None:
        self.damage = Damage()
        self.names = Names()
        self.attempts = AttemptStore(self.names)
        self.pools: set[str] = set()
        # Resizes that began, by second since 1970.
        self.resizes: dict[int, int] = {}
        self.audit_records = 0
        self.first_time = ALWAYS
        self.last_time = NEVER
        self.last_failures: dict[int, datetime] = {}
        # Events that no way below counts: of other kinds, from other tallies, of forgotten ways.
        self.met: dict[str, int] = {}
        self._ways: dict[str, dict[CountedExecution | None, Way]] = {name: {} for name in TELLING}
        self._nodes: dict[CountedNode | None, int] = {}

    @property
    def events(self) -> dict[str, int]:
        """Deliveries by operation name."""
        met = Counter(self.met)
        for name, ways in self._ways.items():
            met[name] += sum(way[3] for way in ways.values())
        return dict(+met)

    def add(self, event: Event) -> None:
        """Count one event.

        Raises NotDecidedError for one of a task without job or task id.
        """
        name, record = event.operation_name, counted(event)
        if name not in KNOWN_EVENTS and same(event.category, "AuditLog"):
            self.audit_records += 1
        elif name not in self._ways:
            self._add_other(record)
        elif event.time is None:
            self._add_untimed(record)
        else:
            self.add_all((record,))

    def add_all(self, records: Iterable[LogRecord]) -> None:
        """Count many records; written for speed, since it is all that is done for most of a log.

        Raises NotDecidedError, before anything of it is counted, for a record that is no event of
        Azure Batch, or one of a task without job or task id; and whatever `records` raises. What
        came before is counted, and `records` may be iterated on.
        """
        ways, nodes, jobs = self._ways, self._nodes, self.attempts.jobs
        for record in records:
            body = record.properties
            try:
                way = ways[record.operation_name][body.execution_info]
                node = nodes[body.node_info]
                attempts = jobs[body.job_id]
            except KeyError:
                if record.operation_name not in ways:
                    self._add_known(record)
                    continue
                way, node, attempts = self._learn(body, record.operation_name)
                self._note_time(record.time)
            task_id = body.id
            if not task_id:
                raise NotDecidedError(f"{record.operation_name} without a task id")
            time = record.time
            if time > self.last_time:
                self.last_time = time
            elif time < self.first_time:
                self.first_time = time
            bits, tag, starts, _ = way
            way[3] += 1
            packed = bits | node
            key = (task_id, body.system_task_version, tag)
            if starts:
                fresh = (packed, time)
                if attempts.setdefault(key, fresh) is fresh:
                    continue
            else:
                known = attempts.get(key)
                if (
                    known.__class__ is tuple
                    and packed < ONE_OUTCOME
                    and known[0] ^ packed < ONE_NODE
                ):
                    attempts[key] = known[0] | packed
                    continue
            self._tell(attempts, key, packed, time)

    def merge(self, other: Tally) -> None:
        """Add another's counts; the order of merging makes no difference."""
        self.damage.merge(other.damage)
        for name, times in other.events.items():
            self.met[name] = self.met.get(name, 0) + times
        self.pools |= other.pools
        self.audit_records += other.audit_records
        for second, times in other.resizes.items():
            self.resizes[second] = self.resizes.get(second, 0) + times
        self.first_time = min(self.first_time, other.first_time)
        self.last_time = max(self.last_time, other.last_time)
        for index, time in other.last_failures.items():
            node = self.names.node_bits(other.names.nodes[index]) >> NODE_SHIFT
            self._note_failure(node, time)
        self.attempts.merge(other.attempts)

    def _tell(self, attempts: JobAttempts, key: Key, packed: int, time: datetime | None) -> None:
        """Add what an event tells of an attempt; the quick cases never come here."""
        self.attempts.tell(attempts, key, packed, time)
        if packed >= ONE_OUTCOME and time is not None:
            self._note_failure(packed >> NODE_SHIFT & NODES, time)

    def _note_failure(self, node: int, time: datetime) -> None:
        last = self.last_failures.get(node)
        if last is None or time > last:
            self.last_failures[node] = time

    def _learn(self, body: CountedBody, name: str) -> tuple[Way, int, JobAttempts]:
        """Meet a new way to tell, node or job."""
        if not body.job_id or not body.id:
            raise NotDecidedError(f"{name} without a job or task id")
        ways = self._ways[name]
        way = ways.get(body.execution_info)
        if way is None:
            if len(ways) >= MANY_WAYS:
                self.met = self.events
                ways.clear()
            way = ways[body.execution_info] = self._way(name, body.execution_info or _UNTOLD)
        attempts = self.attempts.jobs.setdefault(body.job_id, {})
        return way, self._node(body.node_info), attempts

    def _way(self, name: str, execution: CountedExecution) -> Way:
        telling = TELLING[name]
        tag = counters(execution.retry_count or 0, execution.requeue_count or 0)
        if telling == START:
            bits = LOOSE if execution.requeue_count is None else START
            return [bits, tag, True, 0]
        if telling & ENDED:
            error = execution.scheduling_error or _NO_FAILURE
            end = (execution.exit_code, execution.result, error.category, error.code)
            telling |= self.names.outcome_bits(outcome_of(end, failed=telling == FAIL))
        return [telling, tag, False, 0]

    def _node(self, node: CountedNode | None) -> int:
        bits = self._nodes.get(node)
        if bits is None:
            # A schedule failure may name its node with a single blank.
            pool_id, node_id = (node.pool_id, node.node_id) if node else (None, None)
            name = NodeName((pool_id or "").strip(), (node_id or "").strip())
            bits = self._nodes[node] = self.names.node_bits(name)
        return bits

    def _add_known(self, record: LogRecord) -> None:
        if record.operation_name not in KNOWN_EVENTS:
            raise NotDecidedError(f"{record.operation_name} is not a known event")
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
            self._node(body.node_info)
        if body.job_id:
            self.names.job_index(body.job_id)

    def _add_untimed(self, record: LogRecord) -> None:
        body = record.properties
        way, node, attempts = self._learn(body, record.operation_name)
        way[3] += 1
        self._tell(attempts, (body.id or "", body.system_task_version, way[1]), way[0] | node, None)

    def _note_time(self, time: datetime | None) -> None:
        if time is not None:
            self.last_time, self.first_time = max(self.last_time, time), min(self.first_time, time)
