"""How many runs began when: a history in counts by what ran and about a minute, to look for rises.

Counts are made in C and are few; most histories have no rise, and need no second look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, combinations, repeat
from operator import rshift
from typing import NamedTuple

from batchdoctor.core.suspicion.cuts import Point, cuts_of
from batchdoctor.core.suspicion.history import History, Runs, What

# A place in time is so many bits of a second: 64 seconds.
_BITS = 6
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
        self._ran = [
            (what, runs)
            for _, _, what, runs in (history.without(without) if history else ())
            if runs and not self.whats[what].ended
        ]

    @cached_property
    def counts(self) -> Mapping[tuple[int, int], int]:
        """Runs by the index of a `What` and a place; without those that were ended from outside."""
        found: Counter[tuple[int, int]] = Counter()
        for what, runs in self._ran:
            found.update(zip(repeat(what), _places(runs), strict=False))
        return found

    def by_job(self) -> Sequence[tuple[str, Mapping[int, int], Mapping[int, int]]]:
        """Each job with its runs and its failures by place."""
        return self._by_job

    @cached_property
    def _by_job(self) -> list[tuple[str, Counter[int], Counter[int]]]:
        names = dict.fromkeys(what.job_id for what in self.whats)
        found = {job_id: (Counter[int](), Counter[int]()) for job_id in names}
        for what, runs in self._ran:
            every, failures = found[self.whats[what].job_id]
            places = _places(runs)
            every.update(places)
            if self.whats[what].failed:
                failures.update(places)
        return [(job_id, *counts) for job_id, counts in found.items()]

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """What ran, when it began, and when it ended; a run without a start begins at its end."""
        for what, runs in self._ran:
            for _, start, end in runs.rows():
                if begin := start or end:
                    yield what, begin, end


def _places(runs: Runs) -> list[int]:
    """Where in time each run began, or else ended, as far as that is known."""
    if min(runs.starts) >= PLACE:
        return list(map(rshift, runs.starts, repeat(_BITS)))
    begun = (start if start >= PLACE else end for _, start, end in runs.rows())
    return [second >> _BITS for second in begun if second]


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
