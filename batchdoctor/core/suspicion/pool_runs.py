"""The runs of one pool as they are judged: by node, and by what is comparable with what.

Comparable are tasks of one job, of one kind, in one block of time. A run is found by its cell: the
group of its job and kind, and a small bin of time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from itertools import compress, groupby
from typing import NamedTuple

from batchdoctor.core.suspicion.cuts import Point, cuts_of
from batchdoctor.core.suspicion.ended import ended_from_outside
from batchdoctor.core.suspicion.history import HALF, SECONDS, History, NodeHistory
from batchdoctor.core.suspicion.outage import service_in
from batchdoctor.core.suspicion.run_counts import JobRuns, NodeRuns

# Bins of time: enough that a block of minutes in a week is a block, few enough to look through.
BIN_BITS = 13
_BINS = 1 << BIN_BITS
# More kinds of tasks than this in a job are no kinds, but names: only those stay apart that are
# this share of the job.
MOST_KINDS = 12
OWN_KIND_SHARE = 0.05
# Of a pool in which outages failed so much of the runs, the rest is looked at by itself.
_MUCH = 0.1


class Key(NamedTuple):
    """What is comparable: the job, the kind of task, and the block of time."""

    job_id: str
    kind: int = 0
    block: int = 0


class Cells:
    """Runs by cell along one of the two times that a run has."""

    def __init__(self, runs: PoolRuns, *, by_start: bool) -> None:
        self._runs = runs
        self.by_start = by_start

    def of_node(self, node_id: str) -> list[int]:
        """The cells of a node's runs, in their order."""
        begin, width, base = self._runs.begin, self._runs.width, self._runs.base
        node = self._runs.nodes[node_id]
        if self.by_start:
            return [
                base[what] + ((when >> HALF or when & SECONDS) - begin) // width
                for what, when in zip(node.what, node.when, strict=True)
            ]
        return [
            base[what] + ((when & SECONDS) - begin) // width
            for what, when in zip(node.what, node.when, strict=True)
        ]

    def series(self, without: Collection[str] = ()) -> dict[int, dict[int, Point]]:
        """Runs and failures by group and bin, in order, without those of some nodes."""
        runs: Counter[int] = Counter()
        failures: Counter[int] = Counter()
        failed = self._runs.failed
        for node_id, node in self._runs.nodes.items():
            if node_id not in without:
                cells = self.of_node(node_id)
                runs.update(cells)
                failures.update(compress(cells, map(failed.__getitem__, node.what)))
        found: dict[int, dict[int, Point]] = {}
        for group, cells_of_group in groupby(sorted(runs), lambda cell: cell >> BIN_BITS):
            found[group] = {
                cell & _BINS - 1: (runs[cell], failures.get(cell, 0)) for cell in cells_of_group
            }
        return found


class PoolRuns:
    """The runs of a pool, without those that were ended from outside."""

    def __init__(self, history: History, pool_id: str) -> None:
        whats = history.whats
        every = {name: node for name, node in history.pools[pool_id].items() if node.what}
        self.nodes = ended_from_outside(every, whats)
        counted: Counter[int] = Counter()
        for node in self.nodes.values():
            counted.update(node.what)
        self.size = counted.total()
        groups = _groups([(whats[each].job_id, whats[each].kind, n) for each, n in counted.items()])
        numbers = {group: number for number, group in enumerate(sorted(set(groups.values())))}
        self.groups = list(numbers)
        self.base = [0] * len(whats)
        for index in counted:
            group = groups[whats[index].job_id, whats[index].kind]
            self.base[index] = numbers[group] << BIN_BITS
        self.failed = [what.failed for what in whats]
        self.caused = [what.failed and what.node_caused for what in whats]
        self.outside = [what.failed and service_in(what) is not None for what in whats]
        self.failures = sum(count for index, count in counted.items() if self.failed[index])
        self.begin, last = self._span()
        self.width = max(1, -(-(last - self.begin + 1) // _BINS))

    def _span(self) -> tuple[int, int]:
        """When the first run began, as far as that is known, and the last one ended."""
        firsts, lasts = [], [0]
        for node in self.nodes.values():
            ends = [when & SECONDS for when in node.when]
            firsts += [
                min(ends),
                min((when >> HALF or end) for when, end in zip(node.when, ends, strict=True)),
            ]
            lasts.append(max(ends))
        return min(firsts, default=0), max(lasts)

    def second_of(self, place: int) -> int:
        """When a bin begins."""
        return self.begin + place * self.width

    def without_outages(self) -> PoolRuns | None:
        """The same without what storage, a registry or a network failed; None if that is little.

        Such a run was over before its node had its say: nothing is known of how it had ended.
        """
        if not any(self.outside):
            return None
        met = sum(any(self.outside[what] for what in node.what) for node in self.nodes.values())
        if 2 * met < len(self.nodes):
            return None
        found = copy(self)
        found.nodes = {name: _kept(node, self.outside) for name, node in self.nodes.items()}
        found.nodes = {name: node for name, node in found.nodes.items() if node.what}
        found.size = sum(len(node.what) for node in found.nodes.values())
        found.failures = sum(
            self.failed[what] for node in found.nodes.values() for what in node.what
        )
        return found if self.failures - found.failures >= _MUCH * self.size else None

    def sample(self, size: int) -> PoolRuns:
        """The same with some of the nodes, spread over their names, for about so many runs."""
        each = max(1, self.size // size)
        found = copy(self)
        found.nodes = {name: self.nodes[name] for name in sorted(self.nodes)[::each]}
        return found


class Blocks:
    """Blocks of time by group, and the counts of the nodes within them."""

    def __init__(self, runs: PoolRuns, cells: Cells, cuts: Mapping[int, list[int]]) -> None:
        self.runs, self.cells = runs, cells
        self.cuts = {group: bins for group, bins in cuts.items() if bins}
        self._keys: dict[int, Key] = {}
        self._plain = [Key(*runs.groups[base >> BIN_BITS]) for base in runs.base]
        self._cut = [base >> BIN_BITS in self.cuts for base in runs.base]

    def key_of(self, cell: int) -> Key:
        """What the runs in a cell are comparable with."""
        key = self._keys.get(cell)
        if key is None:
            group = cell >> BIN_BITS
            block = bisect_right(self.cuts.get(group, ()), cell & _BINS - 1)
            key = self._keys[cell] = Key(*self.runs.groups[group], block)
        return key

    def keys_of(self, node_id: str) -> Sequence[Key]:
        """What each of a node's runs is comparable with, in their order."""
        node = self.runs.nodes[node_id]
        if not self.cuts:
            return [self._plain[what] for what in node.what]
        return [self.key_of(cell) for cell in self.cells.of_node(node_id)]

    def counts(self) -> dict[str, dict[Key, JobRuns]]:
        """Runs and failures of every node."""
        return {node_id: self._counts(node_id) for node_id in self.runs.nodes}

    def _counts(self, node_id: str) -> dict[Key, JobRuns]:
        found: dict[Key, JobRuns] = {}
        runs, node = self.runs, self.runs.nodes[node_id]
        # A run of a group without cuts needs no cell.
        counted = [
            (what, self._plain[what], count)
            for what, count in Counter(node.what).items()
            if not self._cut[what]
        ]
        if self.cuts:
            cut = map(self._cut.__getitem__, node.what)
            cells = compress(zip(node.what, self.cells.of_node(node_id), strict=True), cut)
            counted += [
                (what, self.key_of(cell), count) for (what, cell), count in Counter(cells).items()
            ]
        for what, key, count in counted:
            here = found.get(key)
            if here is None:
                here = found[key] = JobRuns()
            here.include(count, runs.failed[what] * count, runs.caused[what] * count)
        return found


def blocks_of(runs: PoolRuns, cells: Cells, odd: Collection[str] = ()) -> Blocks:
    """Cut the time of each group where its share of failures changes, without the odd nodes.

    What is left over after that is looked at for all groups together: an outage may strike many
    jobs that have a few runs each.
    """
    series = cells.series(odd)
    cuts = {group: _cut_bins(points) for group, points in series.items()}
    common = _cut_bins(_left_over(series, cuts))
    if common:
        cuts = {group: sorted({*cuts.get(group, ()), *common}) for group in range(len(runs.groups))}
    return Blocks(runs, cells, cuts)


def _cut_bins(points: Mapping[int, Point]) -> list[int]:
    bins = list(points)
    return [bins[index] for index in cuts_of(list(points.values()))]


def _left_over(
    series: Mapping[int, Mapping[int, Point]], cuts: Mapping[int, list[int]]
) -> dict[int, Point]:
    """Runs and failures by bin of all groups that have no cut of their own and are alike.

    Groups that fail so often or so seldom that one would stand for the other's change are left out.
    """
    found: dict[int, Point] = {}
    steady = [points for group, points in series.items() if not cuts[group]]
    if len(steady) < 2:  # noqa: PLR2004 - one group alone has been looked at
        return found
    for points in steady:
        runs, failures = (sum(point[place] for point in points.values()) for place in (0, 1))
        if 2 * failures > runs:
            continue
        for place, (count, failed) in points.items():
            known = found.get(place, (0, 0))
            found[place] = (known[0] + count, known[1] + failed)
    return dict(sorted(found.items()))


def _kept(node: NodeHistory, left_out: Sequence[bool]) -> NodeHistory:
    """The runs of a node without some."""
    found = NodeHistory()
    for what, when in zip(node.what, node.when, strict=True):
        if not left_out[what]:
            found.add(what, when)
    return found


def _groups(counted: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], tuple[str, int]]:
    """To which group each job and kind belongs; names that are no kinds are one group of a job."""
    jobs: dict[str, Counter[int]] = {}
    for job_id, kind, count in counted:
        jobs.setdefault(job_id, Counter())[kind] += count
    found = {}
    for job_id, kinds in jobs.items():
        few, total = len(kinds) <= MOST_KINDS, kinds.total()
        for kind, count in kinds.items():
            own = few or count >= OWN_KIND_SHARE * total
            found[job_id, kind] = (job_id, kind if own else -1)
    return found


def untimed(nodes: Mapping[str, NodeRuns]) -> dict[str, dict[Key, JobRuns]]:
    """The counts of nodes of which no times are known."""
    return {
        node_id: {Key(job_id): job for job_id, job in node.jobs.items()}
        for node_id, node in nodes.items()
    }
