"""Which nodes may have had a bad stretch of runs: quick looks that pass too many, never too few."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from operator import sub

from batchdoctor.core.suspicion.blocks import Blocks
from batchdoctor.core.suspicion.course import FEWEST_IN_A_STRETCH

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]

# So many times as many runs as failures may stand between close ones, if runs are evenly spread.
_CLOSE = 3
# A stretch that is more probable than this, for all that there might have been, is nothing.
_PROBABLE = 0.01
# How often a sick node may fail, as parts of the way from the share of sound ones to 1: so close
# that one of them tells at least so much of what the most telling share does. The second time is
# for the nodes that pass the first.
_PARTS = (
    (0.84, (0.05, 0.11, 0.24, 0.5, 0.8, 0.95)),
    (
        0.97,
        (0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.38, 0.5, 0.62, 0.74, 0.84, 0.91, 0.95, 0.975, 0.99),
    ),
)


class Stretches:
    """The failures of some nodes of a pool among their runs, in order of time."""

    def __init__(self, blocks: Blocks, candidates: Mapping[str, int]) -> None:
        runs = blocks.runs
        failing = [what for what in runs.runs if runs.failed[what]]
        failed = _times_of(candidates, blocks, failing)
        closest = {name: near for name, times in failed.items() if (near := _closest(times)) >= 0}
        lived = max(1, runs.last - runs.begin)
        close = [name for name, near in closest.items() if _is_close(near, candidates[name], lived)]
        every = _times_of(close, blocks, runs.runs)
        self._gaps = {
            name: _gaps(times, failed[name])
            for name, times in every.items()
            if _is_close(closest[name], len(times), max(1, times[-1] - times[0]))
        }

    @property
    def close(self) -> Collection[str]:
        """The nodes some of whose failures stand close together."""
        return self._gaps.keys()

    def may_have_one(self, name: str, runs: int, rate: float) -> bool:
        """Whether a node may have a stretch that tells of it, if sound ones fail at least so often.

        `runs` of it can be compared. The tail of a stretch is no smaller than the likelihood of its
        best share beside the rate, over the root of eight times its failures.
        """
        gaps = self._gaps[name]
        looked_at = runs * (runs + 1) / 2
        least = math.log(looked_at / _PROBABLE) - math.log(8 * len(gaps)) / 2
        return all(
            any(_best(gaps, rate, rate + part * (1 - rate)) >= share * least for part in parts)
            for share, parts in _PARTS
        )


def _times_of(
    names: Collection[str], blocks: Blocks, whats: Iterable[int]
) -> dict[str, array[int]]:
    """When each of some nodes ran what has these indices, in order."""
    runs = blocks.runs
    times = {what: runs.times(what, by_start=blocks.by_start) for what in whats}
    if _runs is not None:
        wanted = bytes(name in names for name in runs.names)
        columns = [(runs.runs[what].nodes, each) for what, each in times.items()]
        found = zip(runs.names, _runs.by_node(columns, wanted), strict=True)
        return {name: _numbers(each) for name, each in found if each is not None}
    of_nodes = {name: array("I") for name in names}
    adding = [of_nodes[name].append if name in of_nodes else None for name in runs.names]
    for what, seconds in times.items():
        for node, second in zip(runs.runs[what].nodes, seconds, strict=True):
            if add := adding[node]:
                add(second)
    return {name: array("I", sorted(each)) for name, each in of_nodes.items()}


def _numbers(column: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(column)
    return numbers


def _closest(times: Sequence[int]) -> int:
    """The fewest seconds in which so many failed as make a stretch; -1 if fewer failed."""
    window = FEWEST_IN_A_STRETCH - 1
    return min(map(sub, times[window:], times), default=-1)


def _is_close(seconds: int, runs: int, lived: int) -> bool:
    return seconds * runs <= _CLOSE * FEWEST_IN_A_STRETCH * lived


def _gaps(every: array[int], failed: array[int]) -> array[int]:
    """How many runs at least stand before each failure and after the one before it."""
    if _runs is not None:
        return _numbers(_runs.gaps(every, failed))
    first = map(bisect_left, repeat(every), failed)
    after = [0, *map(bisect_right, repeat(every), failed)]
    return array("I", [max(0, begin - end) for begin, end in zip(first, after, strict=False)])


def _best(gaps: array[int], rate: float, sick: float) -> float:
    """How much more probable the most telling stretch is on a sick node, as a logarithm."""
    success, failure = math.log((1 - sick) / (1 - rate)), math.log(sick / rate)
    if _runs is not None:
        return _runs.most_telling(gaps, success, failure)
    best = score = 0.0
    for gap in gaps:
        score += gap * success
        if score < 0:
            score = 0.0
        score += failure
        if score > best:  # noqa: PLR1730 - a call would take as long as all the rest
            best = score
    return best
