"""Explains a pool's failures by time and by nodes, and keeps the better of two ways to begin."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import accumulate

import msgspec
from msgspec.structs import replace

from batchdoctor.core.suspicion.blocks import Blocks, Key, blocks_of
from batchdoctor.core.suspicion.cuts import likelihood
from batchdoctor.core.suspicion.history import SECONDS
from batchdoctor.core.suspicion.odd_nodes import Tables, odd_nodes
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.run_counts import JobRuns

_ROUNDS = 3
# So many runs tell where failures change.
MANY_RUNS = 60_000


class Explanation(msgspec.Struct, frozen=True):
    """Blocks of time, the counts of nodes within them, and the nodes that are odd there."""

    blocks: Blocks
    tables: Tables
    odd: frozenset[str]

    @property
    def likelihood(self) -> float:
        """How well it explains the failures, less what its own complexity would by chance."""
        totals: dict[Key, JobRuns] = {}
        found, runs = 0.0, 1
        courses = _turned_bad(self.blocks.runs, self.odd)
        for node_id, table in self.tables.items():
            own = JobRuns()
            for key, job in table.items():
                total = own if node_id in self.odd else totals.setdefault(key, JobRuns())
                total.include(job.runs, job.failures, 0)
            found += courses.get(node_id, likelihood(own.runs, own.failures))
            runs += sum(job.runs for job in table.values())
        found += sum(likelihood(total.runs, total.failures) for total in totals.values())
        cuts = sum(map(len, self.blocks.cuts.values()))
        return found - math.log(runs) * (cuts + len(self.odd) / 2)


def _turned_bad(runs: PoolRuns, nodes: Collection[str]) -> dict[str, float]:
    """The log likelihood of what some nodes ran, if each may have turned bad once, at a price."""
    found = {}
    for name, (whats, times) in runs.of_nodes(nodes).items():
        ended = sorted(
            (when & SECONDS, runs.failed[what]) for what, when in zip(whats, times, strict=True)
        )
        before = list(accumulate((failed for _, failed in ended), initial=0))
        size, failed = len(ended), before[-1]
        turned = max(
            (
                likelihood(at, before[at]) + likelihood(size - at, failed - before[at])
                for at in range(1, size)
                if before[at] * size < failed * at
            ),
            default=-math.inf,
        )
        found[name] = max(likelihood(size, failed), turned - math.log(size + 1))
    return found


def explained(runs: PoolRuns) -> Explanation:
    """The best explanation: time before nodes or nodes before time, by start or by end of runs.

    Of a pool that ran very much, some of the nodes tell where to cut.
    """
    if runs.size < 2 * MANY_RUNS:
        return _best(runs)
    found = _best(runs.sample(MANY_RUNS)).blocks
    return _with(Blocks(runs, found.cuts, by_start=found.by_start))


def _best(runs: PoolRuns) -> Explanation:
    uncut = _with(Blocks(runs, {}, by_start=False))
    found = []
    for by_start in (False, True):
        found.append(_settled(uncut, frozenset(), by_start=by_start))
        if uncut.odd:
            found.append(_settled(uncut, uncut.odd, by_start=by_start))
    if not any(each.blocks.cuts for each in found):
        return found[0]
    return max(found, key=lambda each: each.likelihood)


def _settled(uncut: Explanation, odd: frozenset[str], *, by_start: bool) -> Explanation:
    """Cut time without the odd nodes and find the odd nodes within the blocks, until it stays."""
    explanation = _cut(uncut, odd, by_start=by_start)
    for _ in range(_ROUNDS):
        if explanation.odd == odd:
            break
        odd = explanation.odd
        explanation = _cut(uncut, odd, by_start=by_start)
    return explanation


def _cut(uncut: Explanation, odd: frozenset[str], *, by_start: bool) -> Explanation:
    blocks = blocks_of(uncut.blocks.runs, odd, by_start=by_start)
    return _with(blocks) if blocks.cuts else replace(uncut, blocks=blocks)


def _with(blocks: Blocks) -> Explanation:
    tables: Mapping[str, Mapping[Key, JobRuns]] = blocks.counts()
    return Explanation(blocks, tables, frozenset(odd_nodes(tables)))
