"""How many runs began when: a history in counts by what ran and about a minute, to look for rises.

Counts are made in C and are few; most histories have no rise, and need no second look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import accumulate, combinations, repeat
from operator import rshift
from typing import NamedTuple

from batchdoctor.core.suspicion.cuts import Point, cuts_of
from batchdoctor.core.suspicion.history import HALF, History, NodeHistory, What, start_and_end

# A place in time is so many bits of a second: 64 seconds.
_BITS = 6
_FOREVER = repeat(HALF + _BITS)
# What began at these two moments stands at one place or at two neighbouring ones.
PLACE = 1 << _BITS
# Failures that change more often than this have no one rise.
_MOST_CUTS = 12


class Share(NamedTuple):
    """Runs, and how many of them failed."""

    runs: int
    failures: int


class Stretch(NamedTuple):
    """Points from one index to another, and the shares of failures before, in and after them.

    `lately` is the share of its last block, within which nothing changed.
    """

    first: int
    last: int
    before: Share
    during: Share
    after: Share
    lately: Share


class Begun:
    """What began at which place in time, of a history without what ran on some nodes."""

    def __init__(self, history: History | None, without: Collection[tuple[str, str]] = ()) -> None:
        self.whats: list[What] = history.whats if history else []
        self._nodes = [
            node
            for pool_id, nodes in (history.pools.items() if history else ())
            for node_id, node in nodes.items()
            if node.what and (pool_id, node_id) not in without
        ]
        self.counts: Counter[tuple[int, int]] = Counter()
        """Runs by the index of a `What` and a place; without those that were ended from outside."""
        for node in self._nodes:
            self.counts.update(zip(node.what, map(rshift, node.when, _FOREVER), strict=False))
        for what, place in [key for key in self.counts if self.whats[key[0]].ended or not key[1]]:
            del self.counts[what, place]
        for what, second, _ in self._without_start():
            self.counts[what, second >> _BITS] += 1

    def by_job(self) -> Iterator[tuple[str, dict[int, int], dict[int, int]]]:
        """Each job with its runs and its failures by place."""
        names = {what.job_id: number for number, what in enumerate(self.whats)}
        numbers = [names[what.job_id] for what in self.whats]
        failed = [what.failed for what in self.whats]
        every: dict[int, dict[int, int]] = {number: {} for number in names.values()}
        failures: dict[int, dict[int, int]] = {number: {} for number in names.values()}
        for (index, place), runs in self.counts.items():
            job = every[numbers[index]]
            job[place] = job.get(place, 0) + runs
            if failed[index]:
                job = failures[numbers[index]]
                job[place] = job.get(place, 0) + runs
        for job_id, number in names.items():
            yield job_id, every[number], failures[number]

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """What ran, when it began, and when it ended; a run without a start begins at its end."""
        whats = self.whats
        for node in self._nodes:
            for what, when in zip(node.what, node.when, strict=True):
                start, end = start_and_end(when)
                if not whats[what].ended and (begin := start or end):
                    yield what, begin, end

    def _without_start(self) -> Iterator[tuple[int, int, int]]:
        for node in self._nodes:
            if _any_without_start(node):
                for what, when in zip(node.what, node.when, strict=True):
                    start, end = start_and_end(when)
                    if start < PLACE and end and not self.whats[what].ended:
                        yield what, end, end


def _any_without_start(node: NodeHistory) -> bool:
    return min(node.when) >> (HALF + _BITS) == 0


def place_of(second: int) -> int:
    """The place in time of a second since 1970."""
    return second >> _BITS


def second_of(place: int) -> int:
    """The first second of a place in time."""
    return place << _BITS


def stretches_of(points: list[Point]) -> Iterator[Stretch]:
    """Stretches that may have a share of their own: to the end first, then between two cuts."""
    cuts, size = cuts_of(points), len(points)
    runs = [0, *accumulate(point[0] for point in points)]
    failed = [0, *accumulate(point[1] for point in points)]

    def share(first: int, last: int) -> Share:
        return Share(runs[last] - runs[first], failed[last] - failed[first])

    for first, last in [*((cut, size) for cut in cuts), *combinations(cuts[:_MOST_CUTS], 2)]:
        block = max(cut for cut in cuts if cut < last)
        shares = share(0, first), share(first, last), share(last, size), share(block, last)
        yield Stretch(first, last, *shares)
