"""How many runs began when: a history in counts by what ran and about a minute, to look for rises.

Counts are made in C and are few; most histories have no rise, and need no second look.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, combinations, repeat
from operator import rshift
from typing import NamedTuple

from batchdoctor.core.suspicion.cuts import cuts_of
from batchdoctor.core.suspicion.history import History, Runs, What

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]

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


class Points(NamedTuple):
    """Places in time at which runs began, in order, and how many began and failed at each."""

    places: Sequence[int]
    runs: Sequence[int]
    failures: Sequence[int]


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

    def by_job(self, fewest_failures: float) -> Iterator[tuple[str, Points]]:
        """Each job that has so many failures with what began at which place."""
        failures = Counter[str]()
        for what, runs in self._ran:
            if self.whats[what].failed:
                failures[self.whats[what].job_id] += len(runs)
        jobs = {
            job_id: list[tuple[int, Runs]]()
            for job_id, times in failures.items()
            if times >= fewest_failures
        }
        for what, runs in self._ran if jobs else ():
            if (ran := jobs.get(self.whats[what].job_id)) is not None:
                ran.append((what, runs))
        for job_id, ran in jobs.items():
            yield job_id, self._points(ran)

    def points(self) -> Points:
        """What began at which place, of all jobs."""
        return self._points(self._ran)

    def _points(self, ran: Sequence[tuple[int, Runs]]) -> Points:
        failed = [runs for what, runs in ran if self.whats[what].failed]
        if _runs is not None:
            every, bad = ([each.when for _, each in ran], [each.when for each in failed])
            return Points(*map(_numbers, _runs.points(every, bad, _BITS)))
        met, failures = Counter[int](), Counter[int]()
        for _, runs in ran:
            met.update(_places(runs))
        for runs in failed:
            failures.update(_places(runs))
        places = sorted(met)
        return Points(places, [met[each] for each in places], [failures[each] for each in places])

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


def stretches_of(runs: Sequence[int], failures: Sequence[int]) -> Iterator[Stretch]:
    """Stretches that may have a share of their own: to the end first, then between two cuts.

    Of each place in time come the runs and how many of them failed.
    """
    cuts, size = cuts_of(runs, failures), len(runs)
    if not cuts:
        return
    ran, failed = [0, *accumulate(runs)], [0, *accumulate(failures)]

    def share(first: int, last: int) -> Share:
        return Share(ran[last] - ran[first], failed[last] - failed[first])

    for first, last in [*((cut, size) for cut in cuts), *combinations(cuts[:_MOST_CUTS], 2)]:
        block = cuts[bisect_left(cuts, last) - 1]
        shares = share(0, first), share(first, last), share(last, size), share(block, last)
        yield Stretch(first, last, *shares)


def _numbers(column: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(column)
    return numbers
