"""The mergeable fold over the events of a log; an attempt costs it 32 bytes, an event nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from batchdoctor.core.attempt import (
    FAIL,
    GONE,
    JOB_SHIFT,
    LOOSE,
    NODE_SHIFT,
    ONE_NODE,
    ONE_OUTCOME,
    REQUEUE,
    START,
    TELLING,
    Names,
    NodeName,
    moment_of,
)
from batchdoctor.core.attempt_store import AttemptStore, Key
from batchdoctor.core.damage import Damage
from batchdoctor.core.event import (
    KNOWN_EVENTS,
    POOL_EVENTS,
    CountedExecution,
    CountedNode,
    Event,
    LogRecord,
)
from batchdoctor.core.outcome import Telling, outcome_of
from batchdoctor.core.records import NodeReference, TaskExecution, same

NEVER = datetime(1, 1, 1, tzinfo=UTC)
ALWAYS = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_CANONICAL = {name.lower(): name for name in KNOWN_EVENTS}
_NODES = (1 << JOB_SHIFT - NODE_SHIFT) - 1
_UNTOLD = CountedExecution()
_NOWHERE = CountedNode()


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
        self.events: dict[str, int] = {}
        self.pools: set[str] = set()
        self.audit_records = 0
        self.first_time = ALWAYS
        self.last_time = NEVER
        self.last_failures: dict[int, datetime] = {}
        self._jobs: dict[str, int] = {}
        self._nodes: dict[str | None, dict[str | None, int]] = {}
        self._ends: dict[tuple[bool, Telling], int] = {}

    def add(self, event: LogRecord | Event) -> bool:
        """Count one event; whether it tells that its attempt failed.

        Raises NotDecidedError, before anything is counted, for an event of a task without job or
        task id, and for a `LogRecord` that is no event of Azure Batch.
        """
        name = event.operation_name
        telling = TELLING.get(name)
        if telling is None:
            return self._add_other(event)
        body = event.properties
        job_id, task_id = body.job_id, body.id
        if not job_id or not task_id:
            raise NotDecidedError(f"{name} without a job or task id")
        self._note(name, event.time)
        node = body.node_info or _NOWHERE
        try:
            job, place = self._jobs[job_id], self._nodes[node.pool_id][node.node_id]
        except KeyError:
            job, place = self._new_place(job_id, node)
        execution = body.execution_info or _UNTOLD
        requeues = execution.requeue_count
        if telling == START:
            if requeues is None:
                telling = LOOSE
        elif telling != REQUEUE:
            telling |= self._ending(execution, failed=telling == FAIL)
        packed = telling | job | place
        version, retries = body.system_task_version or 0, execution.retry_count or 0
        self._tell((job, task_id, retries, requeues or 0, version), packed, event.time)
        return packed >= ONE_OUTCOME

    def merge(self, other: Tally) -> None:
        """Add another's counts; the other may lose its exact keys, not its counts."""
        self.damage.merge(other.damage)
        for name, times in other.events.items():
            self.events[name] = self.events.get(name, 0) + times
        self.pools |= other.pools
        self.audit_records += other.audit_records
        self.first_time = min(self.first_time, other.first_time)
        self.last_time = max(self.last_time, other.last_time)
        for index, time in other.last_failures.items():
            bits = self.names.node_bits(other.names.nodes[index])
            self._note_failure(bits >> NODE_SHIFT, time)
        for rows in other.attempts.rows():
            self.attempts.include(rows, other.names)

    def _note(self, name: str, time: datetime | None) -> None:
        events = self.events
        events[name] = events.get(name, 0) + 1
        if time is not None:
            self.last_time = max(self.last_time, time)
            self.first_time = min(self.first_time, time)

    def _tell(self, key: Key, packed: int, time: datetime | None) -> None:
        hot = self.attempts.hot
        known = hot.get(key)
        if known is None:
            memorable = packed >= ONE_OUTCOME or not packed & GONE
            hot[key] = [packed, time if memorable else None]
            if len(hot) >= self.attempts.hot_limit:
                self.attempts.spill()
        elif packed & GONE and packed < ONE_OUTCOME and (known[0] ^ packed) < ONE_NODE:
            known[0] |= packed
            known[1] = None
        else:
            known[1] = moment_of(known[0], known[1], packed, time)
            known[0] = self.names.join(known[0], packed)
        if packed >= ONE_OUTCOME and time is not None:
            self._note_failure(packed >> NODE_SHIFT & _NODES, time)

    def _note_failure(self, node: int, time: datetime) -> None:
        last = self.last_failures.get(node)
        if last is None or time > last:
            self.last_failures[node] = time

    def _ending(self, execution: CountedExecution | TaskExecution, *, failed: bool) -> int:
        error = execution.scheduling_error
        category, code = (error.category, error.code) if error is not None else (None, None)
        telling = (execution.exit_code, execution.result, category, code)
        bits = self._ends.get((failed, telling))
        if bits is None:
            bits = self.names.outcome_bits(outcome_of(telling, failed=failed))
            self._ends[failed, telling] = bits
        return bits

    def _new_place(self, job_id: str, node: CountedNode | NodeReference) -> tuple[int, int]:
        # A schedule failure may name its node with a single blank.
        name = NodeName((node.pool_id or "").strip(), (node.node_id or "").strip())
        job, place = self.names.job_bits(job_id), self.names.node_bits(name)
        self._jobs[job_id] = job
        self._nodes.setdefault(node.pool_id, {})[node.node_id] = place
        return job, place

    def _add_other(self, event: LogRecord | Event) -> bool:
        name = _CANONICAL.get(event.operation_name.lower(), event.operation_name)
        if name in TELLING:
            return self.add(msgspec.structs.replace(event, operation_name=name))
        if name not in KNOWN_EVENTS:
            if isinstance(event, LogRecord):
                raise NotDecidedError(f"{name} is not a known event")
            if same(event.category, "AuditLog"):
                self.audit_records += 1
                return False
        self._note(name, event.time)
        body = event.properties
        if name in POOL_EVENTS:
            self.pools |= {body.id or body.pool_id or ""} - {""}
        elif body.node_info is not None:
            self._new_place(body.job_id or "", body.node_info)
        return False
