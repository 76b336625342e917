"""Where in time a share of failures changes: cuts between blocks within which it is steady."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise, repeat

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]

# What a cut must gain in log likelihood. By chance alone the best of hundreds of places gains 3 to
# 5. A cut too many costs a little power; one too few accuses whoever was there.
WORTH_A_CUT = 6.5
# A block between two cuts is found in one step, and must be worth both.
WORTH_A_BLOCK = 9.0
# Shares that a block may have, as parts of the way from the share of all to 1.
_PARTS = (0.15, 0.6)
_DEEPEST = 12
# Failures that are passed over together where no cut among them can be worth it, by the root of
# how many there are.
_TOGETHER = 0.35


def likelihood(runs: float, failures: float) -> float:
    """The log likelihood of failures among runs, at the share that suits them best."""
    if failures <= 0 or failures >= runs:
        return 0.0
    well = runs - failures
    return failures * math.log(failures / runs) + well * math.log(well / runs)


def cuts_of(runs: Sequence[int], failures: Sequence[int]) -> list[int]:
    """Indices of places in time at which a new block begins, in order.

    Of each place come the runs and how many of them failed; none is without runs.
    """
    before = [0, *accumulate(runs)]
    if _runs is not None:
        cuts = _runs.of_points(array("q", runs), array("q", failures))
        return list(map(bisect_left, repeat(before), cuts))
    failing = [index for index, failed in enumerate(failures) if failed]
    changes = Changes(
        first=[before[index] for index in failing],
        after=[before[index + 1] for index in failing],
        failures=[failures[index] for index in failing],
        size=before[-1],
    )
    return [bisect_left(before, cut) for cut in changes.cuts()]


def _weights(share: float, part: float) -> tuple[float, float]:
    """What a failure and a success tell of a share that is so far on the way to 1."""
    higher = share + part * (1 - share)
    return math.log(higher / share), math.log((1 - higher) / (1 - share))


def _at_most(total: int, failed: int, left: range, left_failed: range) -> float:
    """How much of chi square a gain can be, of cuts with so many runs and failures before them.

    A divergence is the integral of the inverse of a variance, which is largest at an end.
    """
    fewest, most, some, all_of = left.start, left.stop, left_failed.start, left_failed.stop
    if not 0 < fewest <= most < total or not some or all_of == failed:
        return 1.0
    least = min(some / most, (failed - all_of) / (total - fewest))
    highest = max(all_of / fewest, (failed - some) / (total - most))
    if highest >= 1.0:
        return 1.0
    share = failed / total
    smallest = min(least * (1 - least), highest * (1 - highest))
    return min(1.0, share * (1 - share) / smallest / 2)


class Changes:
    """Places that have failures in a row of runs, by how many runs are before and up to them.

    Only beside those need be looked: between them the likelihood of two parts has no peak, since it
    is convex in the runs and failures of one.
    """

    def __init__(
        self, first: Sequence[int], after: Sequence[int], failures: Sequence[int], size: int
    ) -> None:
        self._first, self._after, self._each, self._size = first, after, failures, size
        self._failures = [0, *accumulate(failures)]

    def cuts(self) -> list[int]:
        """How many runs are before each cut, in order."""
        found: set[int] = set()
        waiting = [(0, self._size, 0)]
        while waiting:
            begin, end, depth = waiting.pop()
            cuts = self._best(begin, end)
            if not cuts or depth >= _DEEPEST:
                continue
            found.update(cuts)
            edges = [begin, *cuts, end]
            waiting += [(left, right, depth + 1) for left, right in pairwise(edges)]
        return sorted(found)

    def _best(self, begin: int, end: int) -> list[int]:
        """The one or two cuts that explain a stretch best, if they are worth it."""
        low, high = bisect_left(self._first, begin), bisect_left(self._first, end)
        total, failed = end - begin, self._failures_between(begin, end)
        if not 0 < failed < total:
            return []
        whole = likelihood(total, failed)
        gain, cuts = self._best_cut(begin, end, range(low, high), whole)
        for first, last, inner_failed in self._blocks(begin, end, range(low, high)):
            inner = last - first
            apart = likelihood(inner, inner_failed)
            apart += likelihood(total - inner, failed - inner_failed)
            if apart - whole > max(WORTH_A_BLOCK, gain + 2.0):
                gain = apart - whole - 2.0
                cuts = [cut for cut in (first, last) if begin < cut < end]
        return cuts

    def _best_cut(
        self, begin: int, end: int, failing: range, whole: float
    ) -> tuple[float, list[int]]:
        """The gain of the best single cut, and the cut, if it is worth it."""
        first, after, failures = self._first, self._after, self._failures
        total, none = end - begin, failures[failing.start]
        failed = failures[failing.stop] - none
        gain, cuts = WORTH_A_CUT, list[int]()
        # No gain is larger than that of chi square, which takes no logarithm.
        scale = total / (failed * (total - failed)) * (1 + 1e-9)
        each = 1 + int(_TOGETHER * math.sqrt(failed))
        for at in range(failing.start, failing.stop, each):
            stop = min(at + each, failing.stop)
            fewest, most = first[at] - begin, after[stop - 1] - begin
            farthest = max(
                (failures[stop] - none) * total - fewest * failed,
                most * failed - (failures[at] - none) * total,
            )
            least = min(fewest * (total - fewest), most * (total - most))
            square = farthest * farthest * scale
            if square <= gain * least:
                continue
            some, all_of = failures[at] - none, failures[stop] - none
            if square * _at_most(total, failed, range(fewest, most), range(some, all_of)) <= (
                gain * least
            ):
                continue
            for cut, before in chain.from_iterable(
                ((first[index], failures[index]), (after[index], failures[index + 1]))
                for index in range(at, stop)
            ):
                left, left_failed = cut - begin, before - none
                right = total - left
                apart = left_failed * total - left * failed
                if not left or not right or apart * apart * scale <= gain * left * right:
                    continue
                split = likelihood(left, left_failed) + likelihood(right, failed - left_failed)
                if split - whole > gain:
                    gain, cuts = split - whole, [cut]
        return gain, cuts

    def _blocks(self, begin: int, end: int, failing: range) -> Iterator[tuple[int, int, int]]:
        """Stretches that fail more than the rest, with their failures: the best of each share.

        Both shares in one loop, and each with names of its own: it is most of the time of a cut.
        """
        columns = self._first, self._after, self._each
        places = [column[failing.start : failing.stop] for column in columns]
        share = (self._failures[failing.stop] - self._failures[failing.start]) / (end - begin)
        (failure, success), (much_failure, much_success) = (
            _weights(share, part) for part in _PARTS
        )
        best = score = much_best = much_score = 0.0
        where = much_where = (begin, begin)
        since = much_since = done = begin
        for first, after, failed in zip(*places, strict=True):
            well = first - done
            score += well * success
            if score <= 0:
                score, since = 0.0, first
            much_score += well * much_success
            if much_score <= 0:
                much_score, much_since = 0.0, first
            done = after
            well = after - first - failed
            score += failed * failure + well * success
            if score > best:
                best, where = score, (since, after)
            much_score += failed * much_failure + well * much_success
            if much_score > much_best:
                much_best, much_where = much_score, (much_since, after)
        for found in (where, much_where):
            yield (*found, self._failures_between(*found))

    def _failures_between(self, begin: int, end: int) -> int:
        first, failures = self._first, self._failures
        return failures[bisect_left(first, end)] - failures[bisect_left(first, begin)]
