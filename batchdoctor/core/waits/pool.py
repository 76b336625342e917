"""A pool that is waited for: its size, its resize, and how many of its nodes take tasks.

https://learn.microsoft.com/rest/api/batchservice/pools/get-pool
"""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from batchdoctor.core.findings.checks.resize import cause_named
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.records import NodeStateCounts, Pool, PoolNodeCounts, same
from batchdoctor.core.text.wording import plural
from batchdoctor.core.waits.condition import Condition
from batchdoctor.core.waits.verdict import SO, WAITING, Reason, Verdict, never


class PoolSeen(msgspec.Struct, frozen=True):
    """A pool as one look saw it, None if it is gone; `counts` of its nodes if they were asked for.

    `pool` may be older than the counts.
    """

    pool: Pool | None
    counts: PoolNodeCounts | None = None

    @property
    def state(self) -> str | None:
        """What its resize is at, as the service writes it."""
        return self.pool.allocation_state if self.pool else None

    @property
    def key(self) -> Hashable:
        """The same as long as nothing has changed."""
        nodes = tuple(msgspec.structs.astuple(each) for each in self._kinds)
        return self.state, self.current, self.target, nodes

    @property
    def _kinds(self) -> tuple[NodeStateCounts, ...]:
        kinds = (self.counts.dedicated, self.counts.low_priority) if self.counts else ()
        return tuple(kind for kind in kinds if kind)

    @property
    def ready(self) -> int:
        """How many of its nodes take tasks: those that are idle and those that run some."""
        return sum(kind.idle + kind.running for kind in self._kinds)

    @property
    def current(self) -> int:
        """How many nodes it has, of both kinds."""
        pool = self.pool
        if pool is None:
            return 0
        return (pool.current_dedicated_nodes or 0) + (pool.current_low_priority_nodes or 0)

    @property
    def target(self) -> int:
        """How many nodes it wants, of both kinds."""
        pool = self.pool
        if pool is None:
            return 0
        return (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)

    @property
    def _lost(self) -> int:
        """Nodes that take no tasks until somebody acts."""
        return sum(kind.start_task_failed + kind.deallocated for kind in self._kinds)

    @property
    def told(self) -> str:
        """How far it is."""
        if self.pool is None:
            return "it is gone"
        parts = [f"{self.current:,} of {plural(self.target, 'node')}"]
        if self.counts:
            parts[0] = f"{self.ready:,} nodes ready, {parts[0]} there"
        parts += [f"it is {self.state}"] if not same(self.state, "steady") else []
        parts += [f"{self._lost:,} cannot take tasks"] if self._lost else []
        parts += [f"its resize failed: {self._codes}"] if self.failed else []
        return "; ".join(parts)

    @property
    def failed(self) -> bool:
        """Whether its resize is over and failed, and it is smaller than it should be."""
        if self.pool is None or not same(self.state, "steady"):
            return False
        return bool(self.pool.resize_errors) and self.current < self.target

    @property
    def _codes(self) -> str:
        errors = (self.pool.resize_errors if self.pool else None) or ()
        return ", ".join(dict.fromkeys(map(cause_named, errors)))

    @property
    def severity(self) -> Severity | None:
        """An error if its resize failed; a warning if nodes of it cannot take tasks."""
        if self.failed:
            return Severity.ERROR
        return Severity.WARNING if self._lost else None

    def judge(self, condition: Condition) -> Verdict:
        """Where a condition stands."""
        if self.pool is None:
            return never(Reason.DELETED, "it was deleted")
        if same(self.pool.state, "deleting"):
            return never(Reason.DELETED, "it is being deleted")
        if condition.threshold is None:
            return SO if same(self.state, "steady") else WAITING
        if condition.threshold.met(self.ready, 0):
            return SO
        return self._hopes(condition)

    def _hopes(self, condition: Condition) -> Verdict:
        """Whether more nodes may come by themselves; a formula may always ask for more."""
        pool, wanted = self.pool, condition.threshold
        if pool is None or wanted is None or not same(self.state, "steady"):
            return WAITING
        if pool.enable_auto_scale or wanted.met(self.current - self._lost, 0):
            return WAITING
        if self.failed and wanted.met(self.target, 0):
            return never(Reason.RESIZE_FAILED, self.told)
        if not wanted.met(self.target, 0):
            why = f"it is steady and wants {plural(self.target, 'node')}"
            return never(Reason.TARGET_BELOW, why, settles=True)
        if self._lost and not self.failed and self.current >= self.target:
            why = f"too many nodes do not come back by themselves: {self.told}"
            return never(Reason.STAYS_AWAY, why, settles=True)
        return WAITING
