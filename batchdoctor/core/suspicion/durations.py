"""How long runs of one job and kind of task took that succeeded, in the order of their start."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import sub

from batchdoctor.core.suspicion.history import NEVER, Runs
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.run_counts import GONE

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]

# Runs that began one after the other and are compared; how many of a pool are looked at.
_TOGETHER = 400
_MOST_RUNS = 150_000
_FEWEST_OF_A_NODE = 30

# How long runs took that began one after the other, and the numbers of their nodes.
Together = tuple[list[int], list[int]]


class Durations:
    """The runs of a pool whose start is known and that succeeded, by group.

    Of a large pool only the latest of each node are looked at.
    """

    def __init__(self, runs: PoolRuns) -> None:
        since = _latest(runs) if runs.size > _MOST_RUNS else None
        self._groups = [
            group
            for whats in runs.of_group
            if (group := _group(runs, [what for what in whats if not runs.failed[what]], since))
        ]

    def together(self) -> Iterator[Together]:
        """Runs of one job and kind in the order of their start, some hundred at a time."""
        for group in self._groups:
            yield from _together(group)

    def any_may_take(self, times: float, seconds: int, fewest_nodes: int) -> bool:
        """Whether a node may take so many times as long in its median, and so much longer.

        A quick look that is true too often: half of the node's runs would take so many times as
        long as the least that the others' median can be, among those that began with them.
        """
        spans = [group.span[3:] for group in self._groups]
        if all(most - least < seconds for least, most in spans):
            return False
        ran, longer = Counter[int](), Counter[int]()
        for group, (least, most) in zip(self._groups, spans, strict=True):
            # Where all take about as long, none can; and none of the runs is needed.
            if most < times * max(1, least):
                continue
            for took, nodes in _together(group):
                on_node = Counter(nodes)
                if len(on_node) < fewest_nodes:
                    continue
                ran.update(on_node)
                bar = times * max(1.0, _least_of_others(took, max(on_node.values())))
                longer.update(compress(nodes, map(bar.__le__, took)))
        return any(2 * count >= ran[node] for node, count in longer.items())


def _least_of_others(took: Sequence[int], most_of_one: int) -> int:
    """The least that the median can be without the runs of one node."""
    return sorted(took)[max(0, len(took) - most_of_one - 1) // 2]


def _group(runs: PoolRuns, whats: Sequence[int], since: Sequence[int] | None) -> Runs | None:
    if len(whats) == 1:
        found = runs.runs[whats[0]]
    else:
        found = Runs()
        for what in whats:
            found.nodes.extend(runs.runs[what].nodes)
            found.when.extend(runs.runs[what].when)
    if GONE in runs.names or since is not None or not runs.all_started(whats):
        times = array("Q", since or [0] * len(runs.names))
        if GONE in runs.names:
            times[runs.names.index(GONE)] = NEVER
        found = found.since(times, started=True)
    return found or None


def _latest(runs: PoolRuns, fewest: int = _FEWEST_OF_A_NODE, most: int = _MOST_RUNS) -> list[int]:
    """Since when the runs of each node are looked at, by its number."""
    each_node = max(fewest, most // max(1, len(runs.present)))
    if _runs is not None:
        columns = [(each.nodes, each.when) for each in runs.runs.values()]
        return memoryview(_runs.latest(columns, len(runs.names), each_node)).cast("Q").tolist()
    times = [array("Q") for _ in runs.names]
    adding = [each.append for each in times]
    for each in runs.runs.values():
        for node, when in each.pairs():
            adding[node](when)
    return [sorted(each)[-each_node] if len(each) > each_node else 0 for each in times]


def _seconds(group: Runs) -> list[int]:
    took = list(map(sub, group.ends, group.starts))
    return took if min(took) >= 0 else [max(0, each) for each in took]


def _together(group: Runs) -> Iterator[Together]:
    when = group.when.tolist()
    order = sorted(range(len(when)), key=when.__getitem__)
    took, nodes = _seconds(group), group.nodes
    stretches = max(1, round(len(order) / _TOGETHER))
    for part in range(stretches):
        begin, end = (len(order) * each // stretches for each in (part, part + 1))
        places = order[begin:end]
        yield [took[place] for place in places], [nodes[place] for place in places]
