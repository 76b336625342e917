"""Separates the odd nodes of a pool from the sound ones, before anybody is held to a baseline.

Several sick nodes make a job look bad, and then excuse each other. So the split of the nodes in two
is looked for that explains the failures much better than none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from batchdoctor.core.suspicion.blocks import Key
from batchdoctor.core.suspicion.cuts import likelihood
from batchdoctor.core.suspicion.run_counts import GONE, JobRuns

Tables = Mapping[str, Mapping[Key, JobRuns]]

# More than this share of the nodes that ran a job are not odd: then it is the job.
MOST_ODD = 0.7
# The odd nodes fail by at least this share of their runs more than the sound ones.
_APART = 0.2
# What a split must gain in log likelihood: the best of a sorted pool gains a third for each node.
_WORTH = 9.0
_WORTH_EACH = 0.4
_FEWEST_RUNS = 4
_FEWEST_SOUND = 2
# After so many nodes it is sure that those that fail still less will not be apart.
_SURE = 20


def odd_nodes(tables: Tables) -> set[str]:
    """The nodes that fail much more than the rest in what both ran; none if no split is clear."""
    totals = _totals(tables)
    ratios: list[tuple[float, str]] = []
    for node_id, table in tables.items():
        runs, failures, expected = _beside(table, totals)
        if runs and expected > 0:
            ratios.append((-failures / expected if node_id != GONE else 0.0, node_id))
    ratios.sort()
    split = _Split(totals)
    best, odd = -math.inf, set[str]()
    ways = 0.0
    taken: list[str] = []
    for ratio, node_id in ratios:
        if ratio > -1.0 or len(taken) + 1 > MOST_ODD * len(ratios):
            break
        taken.append(node_id)
        gain = split.take(tables[node_id])
        if len(ratios) - len(taken) < _FEWEST_SOUND:
            break
        if len(taken) > _SURE and split.apart < _APART / 2:
            break
        ways += math.log((len(ratios) - len(taken) + 1) / len(taken))
        worth = _WORTH + min(ways, _WORTH_EACH * len(ratios))
        if gain > worth and gain - ways > best and split.apart >= _APART:
            best, odd = gain - ways, set(taken)
    return {node_id for node_id in odd if _runs(tables[node_id]) >= _FEWEST_RUNS}


def _totals(tables: Tables) -> dict[Key, JobRuns]:
    totals: dict[Key, JobRuns] = {}
    for table in tables.values():
        for key, job in table.items():
            total = totals.setdefault(key, JobRuns())
            total.include(job.runs, job.failures, job.node_caused)
    return totals


def _beside(table: Mapping[Key, JobRuns], totals: Mapping[Key, JobRuns]) -> tuple[int, int, float]:
    """Runs and failures where others ran too, and the failures that all of them would give."""
    runs = failures = 0
    expected = 0.0
    for key, job in table.items():
        total = totals[key]
        if total.runs > job.runs:
            runs += job.runs
            failures += job.failures
            expected += job.runs * total.failures / total.runs
    return runs, failures, expected


def _runs(table: Mapping[Key, JobRuns]) -> int:
    return sum(job.runs for job in table.values())


class _Split:
    """A split of the nodes while one after the other is taken to the odd ones."""

    def __init__(self, totals: Mapping[Key, JobRuns]) -> None:
        self._totals = totals
        self._taken: dict[Key, JobRuns] = {}
        self._gains: dict[Key, float] = {}
        self._gain = 0.0
        self._runs = 0
        self._excess = 0.0
        self._excesses: dict[Key, tuple[int, float]] = {}

    @property
    def apart(self) -> float:
        """By how much of their runs the odd ones fail more than the sound ones."""
        return self._excess / self._runs if self._runs else 0.0

    def take(self, table: Mapping[Key, JobRuns]) -> float:
        """Take a node, and give what the split gains now."""
        for key, job in table.items():
            taken = self._taken.setdefault(key, JobRuns())
            taken.include(job.runs, job.failures, job.node_caused)
            self._gain += self._weigh(key, taken)
        return self._gain

    def _weigh(self, key: Key, taken: JobRuns) -> float:
        """How the gain changes by what was taken of one kind of runs."""
        total = self._totals[key]
        runs, failures = total.runs - taken.runs, total.failures - taken.failures
        gain, excess = 0.0, 0.0
        if runs:
            gain = likelihood(taken.runs, taken.failures) + likelihood(runs, failures)
            gain -= likelihood(total.runs, total.failures)
            excess = taken.failures - taken.runs * failures / runs
            gain = gain if excess > 0 else -gain
        before_runs, before_excess = self._excesses.get(key, (0, 0.0))
        self._runs += (taken.runs if runs else 0) - before_runs
        self._excess += excess - before_excess
        self._excesses[key] = (taken.runs if runs else 0, excess)
        change = gain - self._gains.get(key, 0.0)
        self._gains[key] = gain
        return change
