"""Which nodes not to trust: their state and their failures put together, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec.structs import replace

from batchdoctor.core.nodes.advice import NodeCommands, advice_for
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.trouble import (
    broken_reasons,
    minutes_in_state,
    other_reasons,
    start_task_fails_everywhere,
)
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.node_error import steps_for
from batchdoctor.core.remedies.start_task import start_steps
from batchdoctor.core.suspicion.course import Trend
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.node_failures import failed_task_of
from batchdoctor.core.suspicion.slow import SLOW
from batchdoctor.core.text.step import Step, run, say

NodeVerdict = Literal["broken", "suspect", "watch"]
WORST_FIRST: tuple[NodeVerdict, ...] = ("broken", "suspect", "watch")
GRAVEST_FIRST = (
    "node-error",
    "agent-unreachable",
    "start-task-failed",
    "unknown",
    "stuck",
    "offline",
)
_NOT_KNOWN: Mapping[str, str | None] = MappingProxyType({})
GONE_ADVICE = "the node is no longer in the pool, so there is nothing to stop"


class SuspectNode(msgspec.Struct, frozen=True):
    """A node not to be trusted, and why.

    What is not known is None: the state of a node that only event logs tell of, and the runs of one
    that is broken but has no failures held against it. `onset` is about when the failures that tell
    of the node began, `trend` whether they go on.
    """

    pool_id: str
    node_id: str
    state: str | None
    scheduling_state: str | None
    minutes_in_state: int | None
    verdict: NodeVerdict
    reasons: tuple[Reason, ...]
    runs: int | None = None
    failures: int | None = None
    failure_rate: float | None = None
    expected_failures: float | None = None
    p_value: float | None = None
    jobs: Mapping[str, int] = msgspec.field(default_factory=dict)
    codes: Mapping[str, int] = msgspec.field(default_factory=dict)
    last_failure_time: datetime | None = None
    onset: datetime | None = None
    trend: Trend | None = None
    advice: tuple[Step, ...] = ()

    @property
    def is_parked(self) -> bool:
        """Whether somebody keeps tasks off it already."""
        return same(self.scheduling_state, "disabled") or same(self.state, "offline")

    @property
    def is_only_slow(self) -> bool:
        """Whether nothing else is held against it than that it takes long."""
        return bool(self.reasons) and all(reason.kind == SLOW for reason in self.reasons)


def suspect_nodes(
    nodes: Iterable[Node],
    suspicions: Iterable[Suspicion],
    now: datetime,
    communication_modes: Mapping[str, str | None] = _NOT_KNOWN,
    empty_pools: Collection[str] = (),
) -> list[SuspectNode]:
    """Name the nodes that are broken, suspect or to be watched, the worst first.

    `communication_modes` are how the nodes of pools communicate, by the id of the pool.

    A suspicion about a node that is not among `nodes` is kept with its state unknown: the node is
    gone when other nodes of its pool are there or when that is empty, else nothing is known of it.
    """
    by_failures = {(found.pool_id, found.node_id): found for found in suspicions}
    pools = _by_pool(nodes)
    named = []
    for pool_id, members in pools.items():
        fails_everywhere = start_task_fails_everywhere(members)
        for node in members:
            suspicion = by_failures.pop((pool_id, node.id), None)
            mode = communication_modes.get(pool_id)
            found = _judged(node, suspicion, now, fails_everywhere=fails_everywhere, mode=mode)
            if found is not None:
                named.append(found)
    left, gone = by_failures.values(), {*pools, *empty_pools}
    named += [_unseen(each, gone=each.pool_id in gone) for each in left]
    return sorted(named, key=_order)


def _by_pool(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    pools: dict[str, list[Node]] = {}
    for node in nodes:
        pools.setdefault(node.pool_id, []).append(node)
    return pools


def _judged(
    node: Node,
    suspicion: Suspicion | None,
    now: datetime,
    *,
    fails_everywhere: bool,
    mode: str | None,
) -> SuspectNode | None:
    broken, others = broken_reasons(node, now), other_reasons(node)
    verdict: NodeVerdict
    if broken:
        verdict = "broken"
    elif suspicion:
        verdict = suspicion.verdict
    elif any(reason.kind == "start-task-failure-ignored" for reason in others):
        verdict = "watch"
    else:
        return None
    reasons = (*broken, *(suspicion.reasons if suspicion else ()), *others)
    advice = advice_for(
        NodeCommands(node.pool_id, node.id),
        {reason.kind for reason in reasons},
        accused=suspicion is not None and suspicion.verdict == "suspect",
        disabled=same(node.scheduling_state, "disabled") or same(node.state, "offline"),
        start_task_fails_everywhere=fails_everywhere,
        start_task=node.start_task_info,
        failed_task=failed_task_of(node),
        error_steps=steps_for(node.errors or (), node.pool_id, node.id),
        start_steps=start_steps(node),
        leaving=same(node.state, "leavingpool"),
        communication_mode=mode,
    )
    found = SuspectNode(
        pool_id=node.pool_id,
        node_id=node.id,
        state=node.state,
        scheduling_state=node.scheduling_state,
        minutes_in_state=minutes_in_state(node, now),
        verdict=verdict,
        reasons=reasons,
        advice=advice,
    )
    return _with_failures(found, suspicion) if suspicion else found


def _with_failures(found: SuspectNode, suspicion: Suspicion) -> SuspectNode:
    return replace(
        found,
        runs=suspicion.runs,
        failures=suspicion.failures,
        failure_rate=suspicion.failure_rate,
        expected_failures=suspicion.expected_failures,
        p_value=suspicion.p_value,
        jobs=suspicion.jobs,
        codes=suspicion.codes,
        last_failure_time=suspicion.last_failure_time,
        onset=suspicion.onset,
        trend=suspicion.trend,
    )


def _unseen(suspicion: Suspicion, *, gone: bool) -> SuspectNode:
    commands = NodeCommands(suspicion.pool_id, suspicion.node_id)
    advice: tuple[Step, ...] = (say(GONE_ADVICE),)
    if not gone:
        stop = (
            (run(commands.act("disable", "--requeue")),) if suspicion.verdict == "suspect" else ()
        )
        advice = (run(commands.act("show")), *stop)
    found = SuspectNode(
        pool_id=suspicion.pool_id,
        node_id=suspicion.node_id,
        state=None,
        scheduling_state=None,
        minutes_in_state=None,
        verdict=suspicion.verdict,
        reasons=suspicion.reasons,
        advice=advice,
    )
    return _with_failures(found, suspicion)


def _order(found: SuspectNode) -> tuple[int, int, float, float, str, str]:
    """Sort by verdict, gravest state, least chance, most failures; names settle the rest."""
    kinds = {reason.kind for reason in found.reasons}
    gravity = min((GRAVEST_FIRST.index(kind) for kind in kinds if kind in GRAVEST_FIRST), default=9)
    p_value = 1.0 if found.p_value is None else found.p_value
    excess = (found.failures or 0) - (found.expected_failures or 0.0)
    verdict = WORST_FIRST.index(found.verdict)
    return verdict, gravity, p_value, -excess, found.pool_id, found.node_id
