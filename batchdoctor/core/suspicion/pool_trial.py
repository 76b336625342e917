"""The nodes of one pool while they are judged: their p-values, and who is accused so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from batchdoctor.core.suspicion.comparison import Comparison, PoolBaseline
from batchdoctor.core.suspicion.run_counts import GONE, NodeRuns
from batchdoctor.core.suspicion.tail_probability import Stratum, deviation, upper_tail

# A difference matters to an engineer if it is this many times what was expected, or this share of
# the runs. Over thousands of runs a node at 2.2 % beside 2.0 % is significant, but not sick.
MATERIAL_FACTOR = 2.0
MATERIAL_SHARE = 0.2

# Nearer to the mean than this many standard deviations, a tail is far above any probability that
# anybody is named for, so it need not be computed.
UNREMARKABLE = 1.5


class Case(msgspec.Struct, frozen=True):
    """One node, what it is compared with, and how probable its failures are by chance."""

    node_id: str
    node: NodeRuns
    found: Comparison
    p_value: float


class PoolTrial:
    """Judges the nodes of one pool that have enough failures to be named."""

    def __init__(self, nodes: Mapping[str, NodeRuns], min_failures: int) -> None:
        self._nodes = nodes
        self._min_failures = max(1, min_failures)
        self._accused: set[str] = set()
        self._candidates = [
            node_id
            for node_id, node in nodes.items()
            if node_id != GONE and node.failures >= self._min_failures
        ]
        # Nodes without enough failures are tests too, with p = 1. A pool without any candidate is
        # none: nothing was looked at there, so it must not make the others harder to accuse.
        self.tests = len(nodes) if self._candidates else 0
        self.cases = self._compare()

    def accuse(self, limit: float) -> bool:
        """Take nodes with a p-value up to the limit out of the baseline; whether any were new.

        At least half of the pool stays in it: where most nodes are sick, there is nothing left that
        they could be compared with.
        """
        within = sorted(
            (case.p_value, case.node_id) for case in self.cases if case.p_value <= limit
        )
        room = len(self._nodes) // 2 - len(self._accused)
        new = [node_id for _, node_id in within if node_id not in self._accused][:room]
        if new:
            self._accused.update(new)
            self.cases = self._compare()
        return bool(new)

    def _compare(self) -> list[Case]:
        if not self._candidates:
            return []
        baseline = PoolBaseline(self._nodes, self._accused)
        cases = []
        for node_id in self._candidates:
            found = baseline.compare(node_id)
            cases.append(Case(node_id, self._nodes[node_id], found, self._p_value(found)))
        return cases

    def _p_value(self, found: Comparison) -> float:
        """Give the probability of the failures, or of the node-caused ones, whichever is stranger.

        Looking twice doubles it (Bonferroni); a node without a node-caused failure is looked at
        once. Node-caused failures have a look of their own, because among the many failures of a
        bad job they would not be noticed.
        """
        p_value = self._tail(found.judged)
        if any(stratum.failures for stratum in found.node_caused):
            p_value = min(1.0, 2 * min(p_value, self._tail(found.node_caused)))
        return p_value

    def _tail(self, strata: Sequence[Stratum]) -> float:
        failures = sum(stratum.failures for stratum in strata)
        if failures < self._min_failures or not _material(strata, failures):
            return 1.0
        return upper_tail(strata) if deviation(strata) > UNREMARKABLE else 1.0


def _material(strata: Sequence[Stratum], failures: int) -> bool:
    runs = sum(stratum.runs for stratum in strata)
    expected = sum(stratum.expected for stratum in strata)
    return failures >= MATERIAL_FACTOR * expected or failures - expected >= MATERIAL_SHARE * runs
