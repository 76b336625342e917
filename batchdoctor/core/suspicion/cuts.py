"""Where in time a share of failures changes: cuts between blocks within which it is steady."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

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
    runs = [0, *accumulate(point[0] for point in points)]
    failures = [0, *accumulate(point[1] for point in points)]
    found: set[int] = set()
    waiting = [(0, len(points), 0)]
    while waiting:
        begin, end, depth = waiting.pop()
        cuts = _best(runs, failures, begin, end)
        if not cuts or depth >= _DEEPEST:
            continue
        found.update(cuts)
        edges = [begin, *cuts, end]
        waiting += [(left, right, depth + 1) for left, right in pairwise(edges)]
    return sorted(found)


def _best(runs: list[int], failures: list[int], begin: int, end: int) -> list[int]:
    """The one or two cuts that explain a stretch best, if they are worth it."""
    total, failed = runs[end] - runs[begin], failures[end] - failures[begin]
    if not 0 < failed < total:
        return []
    whole = likelihood(total, failed)
    gain, cuts = WORTH_A_CUT, list[int]()
    for cut in range(begin + 1, end):
        left, left_failed = runs[cut] - runs[begin], failures[cut] - failures[begin]
        apart = likelihood(left, left_failed) + likelihood(total - left, failed - left_failed)
        if apart - whole > gain:
            gain, cuts = apart - whole, [cut]
    for first, last in _blocks(runs, failures, begin, end):
        inner, inner_failed = runs[last] - runs[first], failures[last] - failures[first]
        apart = likelihood(inner, inner_failed)
        apart += likelihood(total - inner, failed - inner_failed)
        if apart - whole > max(WORTH_A_BLOCK, gain + 2.0):
            gain, cuts = apart - whole - 2.0, [cut for cut in (first, last) if begin < cut < end]
    return cuts


def _blocks(runs: list[int], failures: list[int], begin: int, end: int) -> list[tuple[int, int]]:
    """Stretches that fail more than the rest: of each supposed share the best one."""
    share = (failures[end] - failures[begin]) / (runs[end] - runs[begin])
    found = []
    for part in _PARTS:
        higher = share + part * (1 - share)
        failure, success = math.log(higher / share), math.log((1 - higher) / (1 - share))
        best, score, since = 0.0, 0.0, begin
        where = (begin, begin)
        for index in range(begin, end):
            failed = failures[index + 1] - failures[index]
            score += failed * failure + (runs[index + 1] - runs[index] - failed) * success
            if score > best:
                best, where = score, (since, index + 1)
            if score <= 0:
                score, since = 0.0, index + 1
        found.append(where)
    return found
