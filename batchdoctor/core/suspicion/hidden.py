"""Failures that no list of tasks has, since the tasks were tried again elsewhere and succeeded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.pool_trial import material
from batchdoctor.core.suspicion.sentences import percent
from batchdoctor.core.suspicion.tail_probability import Stratum, upper_tail

HIDDEN = "hidden-failures"
# Counters do not tell jobs or times apart, so they have to be very clear.
_UP_TO = 1e-6
_FEWEST = 5
_FEWEST_NODES = 3

NodeId = tuple[str, str]


def hidden_failures(
    nodes: Iterable[Node], listed: Mapping[NodeId, int], named: Collection[NodeId]
) -> list[Suspicion]:
    """Nodes to watch for runs that neither succeeded nor are listed as failed.

    `listed` counts the attempts of listed failures by node; nodes that are `named` already are left
    out. It is not documented whether a node's `totalTasksRun` counts tasks or attempts: either way
    no more than the attempts of listed failures are explained by them.
    https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
    """
    pools: dict[str, dict[str, tuple[int, int]]] = {}
    for node in nodes:
        run, well = node.total_tasks_run or 0, node.total_tasks_succeeded or 0
        running = node.running_tasks_count or 0
        missing = run - well - running - listed.get((node.pool_id, node.id), 0)
        if run:
            pools.setdefault(node.pool_id, {})[node.id] = (run, max(0, min(missing, run)))
    return [
        found
        for pool_id, counted in pools.items()
        if len(counted) >= _FEWEST_NODES
        for node_id in counted
        if (pool_id, node_id) not in named
        and (found := _found(pool_id, node_id, counted)) is not None
    ]


def _found(pool_id: str, node_id: str, counted: Mapping[str, tuple[int, int]]) -> Suspicion | None:
    runs, missing = counted[node_id]
    if missing < _FEWEST:
        return None
    # Other nodes may hide failures, too: the sound ones are those that hide the least.
    others = sorted(
        (hid / run, run, hid) for name, (run, hid) in counted.items() if name != node_id
    )
    sound = others[: max(1, (2 * len(others) + 2) // 3)]
    elsewhere = Stratum(
        runs, missing, sum(run for _, run, _ in sound), sum(hid for _, _, hid in sound)
    )
    if not material([elsewhere]) or upper_tail([elsewhere]) > _UP_TO:
        return None
    rate = percent(elsewhere.failures_elsewhere / elsewhere.runs_elsewhere)
    message = (
        f"{missing} of {runs} runs that the node counted did not succeed and are no listed failure,"
        f" {rate} on other nodes of the pool: failed and tried again elsewhere, or deleted; the"
        " event logs tell which"
    )
    return Suspicion(
        pool_id=pool_id,
        node_id=node_id,
        verdict="watch",
        runs=runs,
        failures=missing,
        failure_rate=missing / runs,
        expected_failures=elsewhere.expected,
        p_value=upper_tail([elsewhere]),
        jobs={},
        codes={},
        last_failure_time=None,
        reasons=(Reason(HIDDEN, message),),
    )
