"""Nodes on which the same tasks take much longer than on the other nodes of their pool.

Runs that succeeded are ranked by how long they took, among runs of one job and one kind of task
that began about the same time (the stratified rank test of Wilcoxon and van Elteren, one-sided).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

import msgspec

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.suspicion.history import HALF, SECONDS
from batchdoctor.core.suspicion.pool_runs import BIN_BITS, PoolRuns
from batchdoctor.core.suspicion.run_counts import GONE
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
# Runs that began one after the other and are compared; how many of a pool are looked at.
_TOGETHER = 400
_MOST_RUNS = 150_000
_FEWEST_OF_A_NODE = 30
# A node with a smaller share of the runs hardly moves their median.
_NO_WEIGHT = 0.05


# When a run began, how many seconds it took, and its node: a tuple, since there are many.
_Run = tuple[int, int, str]


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
    nodes: dict[str, _Node] = {}
    for together in _comparable(runs):
        _compare(together, nodes)
    tested = {name: node for name, node in nodes.items() if len(node.seconds) >= _FEWEST_RUNS}
    if len(tested) < _FEWEST_NODES:
        return {}
    slower = sum(node.times >= _SLOWER for node in tested.values())
    if slower > max(1, _MOST_SLOW * len(tested)):
        return {}
    slow = {
        name: node
        for name, node in tested.items()
        if node.p_value * len(tested) <= _BY_CHANCE and node.is_much_slower
    }
    return {name: Reason(SLOW, _told(node)) for name, node in sorted(slow.items())}


def _comparable(runs: PoolRuns) -> Iterator[list[_Run]]:
    """Runs of one job and kind in the order of their start, some hundred at a time."""
    for _, of_group in sorted(_timed(runs).items()):
        of_group.sort()
        stretches = max(1, round(len(of_group) / _TOGETHER))
        for part in range(stretches):
            begin, end = (len(of_group) * each // stretches for each in (part, part + 1))
            yield of_group[begin:end]


def _timed(runs: PoolRuns) -> dict[int, list[_Run]]:
    """Runs that succeeded, with a known start, by group; of a large pool the latest of a node."""
    found: dict[int, list[_Run]] = {}
    groups = [found.setdefault(base >> BIN_BITS, []) for base in runs.base]
    failed = runs.failed
    most = max(_FEWEST_OF_A_NODE, _MOST_RUNS // max(1, len(runs.nodes)))
    for name, node in runs.nodes.items():
        if name == GONE:
            continue
        rows = zip(node.when, node.what, strict=True)
        latest = sorted(rows)[-most:] if len(node.what) > most else rows
        for when, what in latest:
            start = when >> HALF
            if start and not failed[what]:
                groups[what].append((start, max(0, (when & SECONDS) - start), name))
    return {group: of_group for group, of_group in found.items() if of_group}


def _compare(runs: Sequence[_Run], nodes: dict[str, _Node]) -> None:
    """Add to each node how its runs rank among these, and how long the others took."""
    size, counted = len(runs), Counter([node for _, _, node in runs])
    if len(counted) < _FEWEST_NODES:
        return
    seconds = sorted([taken for _, taken, _ in runs])
    ranks, spread = _ranks(seconds)
    whole = median(seconds)
    elsewhere = {
        name: median([taken for _, taken, node in runs if node != name])
        for name, count in counted.items()
        if count > _NO_WEIGHT * size
    }
    for name, count in counted.items():
        node = nodes.setdefault(name, _Node())
        node.variance += count * (size - count) / (12 * (size + 1)) * spread
    for _, taken, name in runs:
        node = nodes[name]
        node.excess += (ranks[taken] - (size + 1) / 2) / (size + 1)
        node.seconds.append(taken)
        node.elsewhere.append(elsewhere.get(name, whole))


def _ranks(ordered: Sequence[int]) -> tuple[dict[int, float], float]:
    """The middle rank of each value, and what is left of the variance beside ties."""
    ranks, size, tied, before = {}, len(ordered), 0, 0
    for value, times in sorted(Counter(ordered).items()):
        ranks[value] = before + (times + 1) / 2
        before += times
        tied += times**3 - times
    return ranks, 1 - tied / (size**3 - size)


def _told(node: _Node) -> str:
    own, others = median(node.seconds), median(node.elsewhere)
    return (
        f"{plural(len(node.seconds), 'run')} that succeeded took {own:,.0f} s in the median, the"
        f" same kinds of tasks {others:,.0f} s on other nodes at about the time,"
        f" {probability(max(node.p_value, 1e-18))}"
    )
