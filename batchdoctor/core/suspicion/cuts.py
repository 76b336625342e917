"""Where in time a share of failures changes: cuts between blocks within which it is steady."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise

# What a cut must gain in log likelihood. By chance alone the best of hundreds of places gains 3 to
# 5. A cut too many costs a little power; one too few accuses whoever was there.
WORTH_A_CUT = 6.5
# A block between two cuts is found in one step, and must be worth both.
WORTH_A_BLOCK = 9.0
# Shares that a block may have, as parts of the way from the share of all to 1.
_PARTS = (0.15, 0.6)
_DEEPEST = 12

# Runs and failures at one place in time.
Point = tuple[int, int]


def likelihood(runs: float, failures: float) -> float:
    """The log likelihood of failures among runs, at the share that suits them best."""
    if failures <= 0 or failures >= runs:
        return 0.0
    well = runs - failures
    return failures * math.log(failures / runs) + well * math.log(well / runs)


def cuts_of(points: Sequence[Point]) -> list[int]:
    """Indices of points at which a new block begins, in order."""
    series = _Series(points)
    found: set[int] = set()
    waiting = [(0, len(points), 0)]
    while waiting:
        begin, end, depth = waiting.pop()
        cuts = series.best(begin, end)
        if not cuts or depth >= _DEEPEST:
            continue
        found.update(cuts)
        edges = [begin, *cuts, end]
        waiting += [(left, right, depth + 1) for left, right in pairwise(edges)]
    return sorted(found)


class _Series:
    """Sums over points in a row, and which points have failures.

    Only beside those need be looked: between them the likelihood of two parts has no peak, since it
    is convex in the runs and failures of one.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._runs = [0, *accumulate(point[0] for point in points)]
        self._failures = [0, *accumulate(point[1] for point in points)]
        self._failing = [index for index, point in enumerate(points) if point[1]]

    def best(self, begin: int, end: int) -> list[int]:
        """The one or two cuts that explain a stretch best, if they are worth it."""
        runs, failures = self._runs, self._failures
        total, failed = runs[end] - runs[begin], failures[end] - failures[begin]
        if not 0 < failed < total:
            return []
        failing = self._failing[bisect_left(self._failing, begin) : bisect_left(self._failing, end)]
        whole = likelihood(total, failed)
        gain, cuts = self._best_cut(begin, end, failing, whole)
        for first, last in self._blocks(begin, end, failing):
            inner, inner_failed = runs[last] - runs[first], failures[last] - failures[first]
            apart = likelihood(inner, inner_failed)
            apart += likelihood(total - inner, failed - inner_failed)
            if apart - whole > max(WORTH_A_BLOCK, gain + 2.0):
                gain = apart - whole - 2.0
                cuts = [cut for cut in (first, last) if begin < cut < end]
        return cuts

    def _best_cut(
        self, begin: int, end: int, failing: Sequence[int], whole: float
    ) -> tuple[float, list[int]]:
        """The gain of the best single cut, and the cut, if it is worth it."""
        runs, failures = self._runs, self._failures
        before, failed_before = runs[begin], failures[begin]
        total, failed = runs[end] - before, failures[end] - failed_before
        gain, cuts = WORTH_A_CUT, list[int]()
        # No gain is larger than that of chi square, which takes no logarithm.
        scale = total / (failed * (total - failed)) * (1 + 1e-9)
        for cut in dict.fromkeys(chain.from_iterable((at, at + 1) for at in failing)):
            if not begin < cut < end:
                continue
            left, left_failed = runs[cut] - before, failures[cut] - failed_before
            right = total - left
            apart = left_failed * total - left * failed
            if not left or not right or apart * apart * scale <= gain * left * right:
                continue
            split = likelihood(left, left_failed) + likelihood(right, failed - left_failed)
            if split - whole > gain:
                gain, cuts = split - whole, [cut]
        return gain, cuts

    def _blocks(self, begin: int, end: int, failing: Sequence[int]) -> list[tuple[int, int]]:
        """Stretches that fail more than the rest: of each supposed share the best one."""
        runs, failures = self._runs, self._failures
        share = (failures[end] - failures[begin]) / (runs[end] - runs[begin])
        found = []
        for part in _PARTS:
            higher = share + part * (1 - share)
            failure, success = math.log(higher / share), math.log((1 - higher) / (1 - share))
            best, score, since = 0.0, 0.0, begin
            where, done = (begin, begin), begin
            for index in failing:
                score += (runs[index] - runs[done]) * success
                if score <= 0:
                    score, since = 0.0, index
                done = index + 1
                failed = failures[done] - failures[index]
                score += failed * failure + (runs[done] - runs[index] - failed) * success
                if score > best:
                    best, where = score, (since, done)
                if score <= 0:
                    score, since = 0.0, done
            found.append(where)
        return found
