"""Nodes on which the same tasks take much longer than on the other nodes of their pool.

Runs that succeeded are ranked by how long they took, among runs of one job and one kind of task
that began about the same time (the stratified rank test of Wilcoxon and van Elteren, one-sided).
"""

from __future__ import annotations

import math
from collections import Counter

import msgspec

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.suspicion.durations import Durations, Together
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.ranks import median, ranks_of
from batchdoctor.core.suspicion.sentences import plural, probability

SLOW = "slow"
# A slow node takes at least so many times as long, and so many seconds longer.
_TIMES = 2.0
_SECONDS_LONGER = 5
_FEWEST_RUNS = 8
_FEWEST_NODES = 4
# The chance that any sound node of a pool is called slow.
_BY_CHANCE = 0.01
# Where a larger share of the nodes takes so many times as long, there are two kinds of machines.
_SLOWER = 1.4
_MOST_SLOW = 0.25
# A node with a smaller share of the runs hardly moves their median.
_NO_WEIGHT = 0.05


class _Node(msgspec.Struct):
    """Sums of a node over what it was compared in."""

    excess: float = 0.0
    variance: float = 0.0
    seconds: list[int] = msgspec.field(default_factory=list)
    elsewhere: list[float] = msgspec.field(default_factory=list)

    @property
    def p_value(self) -> float:
        if self.variance <= 0:
            return 1.0
        return math.erfc(self.excess / math.sqrt(2 * self.variance)) / 2

    @property
    def times(self) -> float:
        """How many times as long it takes, at the median of its runs."""
        pairs = zip(self.seconds, self.elsewhere, strict=True)
        return median(seconds / max(other, 1.0) for seconds, other in pairs)

    @property
    def is_much_slower(self) -> bool:
        """Whether it is slower by enough to matter."""
        pairs = zip(self.seconds, self.elsewhere, strict=True)
        longer = median(seconds - other for seconds, other in pairs)
        return longer >= _SECONDS_LONGER and self.times >= _TIMES


def slow_nodes(runs: PoolRuns) -> dict[str, Reason]:
    """The nodes of a pool that are only slow, each with the figures that tell it."""
    durations = Durations(runs)
    if not durations.any_may_take(_TIMES, _SECONDS_LONGER, _FEWEST_NODES):
        return {}
    nodes: dict[int, _Node] = {}
    for together in durations.together():
        _compare(together, nodes)
    tested = {each: node for each, node in nodes.items() if len(node.seconds) >= _FEWEST_RUNS}
    if len(tested) < _FEWEST_NODES:
        return {}
    slower = sum(node.times >= _SLOWER for node in tested.values())
    if slower > max(1, _MOST_SLOW * len(tested)):
        return {}
    slow = {
        runs.names[number]: node
        for number, node in tested.items()
        if node.p_value * len(tested) <= _BY_CHANCE and node.is_much_slower
    }
    return {name: Reason(SLOW, _told(node)) for name, node in sorted(slow.items())}


def _compare(together: Together, nodes: dict[int, _Node]) -> None:
    """Add to each node how its runs rank among these, and how long the others took."""
    took, names = together
    size, counted = len(took), Counter(names)
    if len(counted) < _FEWEST_NODES:
        return
    ranks, spread = ranks_of(took)
    whole = median(took)
    elsewhere = {
        name: median([taken for taken, node in zip(took, names, strict=True) if node != name])
        for name, count in counted.items()
        if count > _NO_WEIGHT * size
    }
    for name, count in counted.items():
        node = nodes.setdefault(name, _Node())
        node.variance += count * (size - count) / (12 * (size + 1)) * spread
    for taken, name in zip(took, names, strict=True):
        node = nodes[name]
        node.excess += (ranks[taken] - (size + 1) / 2) / (size + 1)
        node.seconds.append(taken)
        node.elsewhere.append(elsewhere.get(name, whole))


def _told(node: _Node) -> str:
    own, others = median(node.seconds), median(node.elsewhere)
    return (
        f"{plural(len(node.seconds), 'run')} that succeeded took {own:,.0f} s in the median, the"
        f" same kinds of tasks {others:,.0f} s on other nodes at about the time,"
        f" {probability(max(node.p_value, 1e-18))}"
    )
