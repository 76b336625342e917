"""A node that is waited for.

States: https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
"""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.nodes.states import Trait, has_trait, state_of
from batchdoctor.core.records import Node, same
from batchdoctor.core.waits.condition import Condition
from batchdoctor.core.waits.verdict import SO, WAITING, Reason, Verdict, never

# What a node in these states leaves only if somebody acts.
_STAYS = ("starttaskfailed", "deallocated")


class NodeSeen(msgspec.Struct, frozen=True):
    """A node as one look saw it; None if it is gone."""

    node: Node | None

    @property
    def state(self) -> str | None:
        """Its state as the service writes it."""
        return self.node.state if self.node else None

    @property
    def key(self) -> Hashable:
        """The same as long as nothing has changed."""
        node = self.node
        return self.state, node and node.scheduling_state, node and node.running_tasks_count

    @property
    def told(self) -> str:
        """How far it is."""
        if self.node is None:
            return "it is gone"
        out = ", out of scheduling" if same(self.node.scheduling_state, "disabled") else ""
        count = self.node.running_tasks_count
        tasks = f", with {count:,} running task{'s' * (count != 1)}" if count else ""
        return f"it is {self.state or 'unknown'}{out}{tasks}"

    @property
    def severity(self) -> Severity | None:
        """An error if it does not come back to service by itself."""
        return Severity.ERROR if has_trait(self.state, Trait.STAYS) else None

    def judge(self, condition: Condition) -> Verdict:
        """Where a condition stands."""
        if self.node is None:
            return SO if condition.goal == "gone" else never(Reason.DELETED, "it is gone")
        known = state_of(self.state)
        if self._is(condition, known.name if known else (self.state or "").lower()):
            return SO
        if condition.goal == "gone" or known is None or known.name not in _STAYS:
            return WAITING
        if condition.goal in {"ready", "idle", "running"}:
            why = f"it is {self.state}, and leaves that only by a restart"
            return never(Reason.STAYS_AWAY, why, settles=True)
        return WAITING

    def _is(self, condition: Condition, state: str) -> bool:
        node = self.node
        if condition.goal != "ready":
            return state == condition.goal
        out = node is not None and same(node.scheduling_state, "disabled")
        return has_trait(state, Trait.WORKS) and not out
