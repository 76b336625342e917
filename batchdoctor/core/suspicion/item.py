"""Nodes not to be trusted as items of an answer, and all of them in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.item import Item, Moment
from batchdoctor.core.nodes.reason_item import ReasonItem, reason_items
from batchdoctor.core.suspicion.course import Trend
from batchdoctor.core.suspicion.suspect_node import NodeVerdict, SuspectNode
from batchdoctor.core.text.step import commands_of


class SuspectItem(Item, frozen=True, kw_only=True):
    """One node, in the spelling of the service, and why it is not to be trusted."""

    pool_id: str
    node_id: str
    state: str | None
    scheduling_state: str | None
    minutes_in_state: int | None
    verdict: NodeVerdict
    reasons: tuple[ReasonItem, ...]
    runs: int | None
    failures: int | None
    failure_rate: float | None
    expected_failures: float | None
    p_value: float | None
    jobs: Mapping[str, int]
    codes: Mapping[str, int]
    last_failure_time: Moment | None
    onset: Moment | None
    trend: Trend | None
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


class SuspectSummary(Item, frozen=True, kw_only=True):
    """What was looked at, and how many nodes got which verdict."""

    pools: int
    nodes: int
    by_verdict: Mapping[str, int]


def suspect_item(node: SuspectNode) -> SuspectItem:
    """One node as an item."""
    return SuspectItem(
        pool_id=node.pool_id,
        node_id=node.node_id,
        state=node.state,
        scheduling_state=node.scheduling_state,
        minutes_in_state=node.minutes_in_state,
        verdict=node.verdict,
        reasons=reason_items(node.reasons),
        runs=node.runs,
        failures=node.failures,
        failure_rate=node.failure_rate,
        expected_failures=node.expected_failures,
        p_value=node.p_value,
        jobs=node.jobs,
        codes=node.codes,
        last_failure_time=node.last_failure_time,
        onset=node.onset,
        trend=node.trend,
        advice=tuple(map(str, node.advice)),
        next_commands=commands_of(node.advice),
    )
