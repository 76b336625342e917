"""Blocks of time in which the runs of one job and kind fail at a steady share, and what ran there.

Time is cut between small bins of it. A cut is found by the runs before it: all runs of a group and
those of them that failed stand in the order of their times.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress, repeat
from typing import NamedTuple

from batchdoctor.core.suspicion.cuts import Changes
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.run_counts import JobRuns, NodeRuns

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]


# Where there are more blocks and nodes than this for each run, few of them have any.
_PLACES_A_RUN = 8


class Key(NamedTuple):
    """What is comparable: the job, the kind of task, and the block of time."""

    job_id: str
    kind: int = 0
    block: int = 0


class Blocks:
    """Blocks of time by group, and the counts of the nodes within them.

    `cuts` are the bins at which blocks begin, by number of the group, along the starts of runs or
    along their ends.
    """

    def __init__(
        self, runs: PoolRuns, cuts: Mapping[int, Sequence[int]], *, by_start: bool
    ) -> None:
        self.runs, self.by_start = runs, by_start
        self.cuts = {group: bins for group, bins in cuts.items() if bins}
        self._edges = {
            group: [runs.second_of(place) for place in bins] for group, bins in self.cuts.items()
        }
        # By group: most blocks are only looked at for where they are cut.
        self._keys: dict[int, list[Key]] = {}

    def key_of(self, what: int, second: int) -> Key:
        """What a run is comparable with, at the time that is looked at."""
        group = self.runs.group_of[what]
        edges = self._edges.get(group)
        return self._keys_of(group)[bisect_right(edges, second) if edges else 0]

    def _keys_of(self, group: int) -> list[Key]:
        keys = self._keys.get(group)
        if keys is None:
            job_id, kind = self.runs.groups[group]
            blocks = range(len(self.cuts.get(group, ())) + 1)
            keys = self._keys[group] = [Key(job_id, kind, block) for block in blocks]
        return keys

    def counts(self) -> dict[str, dict[Key, JobRuns]]:
        """Runs and failures of every node."""
        names = self.runs.names
        found: dict[str, dict[Key, JobRuns]] = {names[node]: {} for node in self.runs.present}
        size = len(names)
        for group in range(len(self.runs.groups)):
            keys = self._keys_of(group)
            for place, every, failed, caused in self._counts(group):
                block, node = divmod(place, size)
                found[names[node]][keys[block]] = JobRuns(every, failed, caused)
        return found

    def _counts(self, group: int) -> Iterable[tuple[int, int, int, int]]:
        """Of each block and node, in one number: runs, failures and node-caused failures."""
        runs, edges, size = self.runs, self._edges.get(group, []), len(self.runs.names)
        whats = runs.of_group[group]
        if not edges and len(whats) == 1 and len(runs.runs[whats[0]]) == 1:
            (what,) = whats
            return [(runs.runs[what].nodes[0], 1, int(runs.failed[what]), int(runs.caused[what]))]
        times = {what: runs.times(what, by_start=self.by_start) for what in whats if edges}
        rows = sum(len(runs.runs[what]) for what in whats)
        if _runs is not None and _PLACES_A_RUN * rows >= size * (len(edges) + 1):
            columns = [
                (runs.runs[what].nodes, times.get(what), runs.failed[what], runs.caused[what])
                for what in whats
            ]
            numbers = iter(memoryview(_runs.counted(columns, array("q", edges), size)).cast("q"))
            return zip(*[numbers] * 4, strict=True)
        every, failed, caused = Counter[int](), Counter[int](), Counter[int]()
        for what in whats:
            places: Sequence[int] = runs.runs[what].nodes
            if edges:
                blocks = map(bisect_right, repeat(edges), times[what])
                places = [block * size + node for block, node in zip(blocks, places, strict=True)]
            every.update(places)
            if runs.failed[what]:
                failed.update(places)
            if runs.caused[what]:
                caused.update(places)
        return ((place, every[place], failed[place], caused[place]) for place in sorted(every))


def blocks_of(runs: PoolRuns, odd: Collection[str] = (), *, by_start: bool) -> Blocks:
    """Cut the time of each group where its share of failures changes, without the odd nodes.

    What is left over after that is looked at for all groups together: an outage may strike many
    jobs that have a few runs each.
    """
    lines, lone = _lines(runs, odd, by_start=by_start)
    cuts = {group: line.cuts() for group, line in lines.items()}
    steady = [line for group, line in lines.items() if not cuts[group]]
    common = _left_over(runs, steady, lone).cuts()
    if common:
        cuts = {group: sorted({*cuts.get(group, ()), *common}) for group in range(len(runs.groups))}
    return Blocks(runs, cuts, by_start=by_start)


class _Line:
    """The times of runs and of those that failed."""

    __slots__ = ("_begin", "_width", "every", "failed")

    def __init__(self, runs: PoolRuns) -> None:
        self.every, self.failed = array("I"), array("I")
        self._begin, self._width = runs.begin, runs.width

    def add(self, times: array[int], *, failed: bool) -> None:
        """Add runs that failed, or that did not."""
        self.every += times
        if failed:
            self.failed += times

    def cuts(self) -> list[int]:
        """The bins at which a block begins."""
        begin, width = self._begin, self._width
        if not 0 < len(self.failed) < len(self.every):
            return []
        if _runs is not None:
            return _runs.of_line(self.every, self.failed, begin, width)
        every = sorted(self.every)
        met = Counter([(second - begin) // width for second in sorted(self.failed)])
        seconds = [begin + place * width for place in met]
        changes = Changes(
            first=list(map(bisect_left, repeat(every), seconds)),
            after=list(map(bisect_left, repeat(every), [second + width for second in seconds])),
            failures=list(met.values()),
            size=len(every),
        )
        return [(every[cut] - begin) // width for cut in changes.cuts()]


def _lines(
    runs: PoolRuns, odd: Collection[str], *, by_start: bool
) -> tuple[dict[int, _Line], list[tuple[int, bool]]]:
    """The times of each group that has runs on nodes that are not odd.

    Of a group of one run only its time, and whether it failed: there may be very many.
    """
    sound = bytes(name not in odd for name in runs.names)
    lines: dict[int, _Line] = {}
    lone: list[tuple[int, bool]] = []
    for group, whats in enumerate(runs.of_group):
        if len(whats) == 1 and len(alone := runs.runs[whats[0]]) == 1:
            if sound[alone.nodes[0]]:
                second = runs.times(whats[0], by_start=by_start)[0]
                lone.append((second, runs.failed[whats[0]]))
            continue
        line = _Line(runs)
        for what in whats:
            times = runs.times(what, by_start=by_start)
            if odd:
                kept = map(sound.__getitem__, runs.runs[what].nodes)
                times = array("I", compress(times, kept))
            line.add(times, failed=runs.failed[what])
        if line.every:
            lines[group] = line
    return lines, lone


def _left_over(runs: PoolRuns, steady: Sequence[_Line], lone: Sequence[tuple[int, bool]]) -> _Line:
    """The times of all groups that have no cut of their own and are alike.

    Groups that fail so often or so seldom that one would stand for the other's change are left out.
    """
    found = _Line(runs)
    if len(steady) + len(lone) > 1:  # one group alone has been looked at
        for line in steady:
            if 2 * len(line.failed) <= len(line.every):
                found.add(line.every, failed=False)
                found.failed += line.failed
        found.every.extend([second for second, failed in lone if not failed])
    return found


def untimed(nodes: Mapping[str, NodeRuns]) -> dict[str, dict[Key, JobRuns]]:
    """The counts of nodes of which no times are known."""
    return {
        node_id: {Key(job_id): job for job_id, job in node.jobs.items()}
        for node_id, node in nodes.items()
    }
