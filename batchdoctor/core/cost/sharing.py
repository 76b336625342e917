"""Shares out the time of a node among the tasks that ran on it: at each moment in equal parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from heapq import heappop, heappush

from batchdoctor.core.cost.runs import Run

# From when to when, in microseconds since 1970.
Stretch = tuple[int, int]


class Shares:
    """Time by code, and by how many tasks shared it, so that it stays whole numbers until the end.

    A node's minute in which three tasks ran is one minute of the node, a third of it of each task.
    """

    def __init__(self) -> None:
        self.together: dict[tuple[int, int], int] = {}
        self.of_tasks: dict[tuple[int, int], int] = {}

    def note(self, going: Going, length: int) -> None:
        """Count a stretch in which these runs went on."""
        for code, times in going.codes.items():
            key = code, going.many
            self.together[key] = self.together.get(key, 0) + times * length
        for task, times in going.watched.items():
            key = task, going.many
            self.of_tasks[key] = self.of_tasks.get(key, 0) + times * length

    def by_code(self) -> dict[int, Fraction]:
        """Microseconds of each code."""
        return _summed(self.together)

    def by_task(self) -> dict[int, Fraction]:
        """Microseconds of each task that was watched."""
        return _summed(self.of_tasks)


def _summed(together: dict[tuple[int, int], int]) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    for (key, many), length in together.items():
        found[key] = found.get(key, Fraction()) + Fraction(length, many)
    return found


class Going:
    """The runs that go on at a moment: how many of each code, and of each task that is watched.

    Most of very many at once are of a few jobs, so that a stretch costs little however many go on.
    """

    def __init__(self, watched: frozenset[int]) -> None:
        self.many = 0
        self.codes: dict[int, int] = {}
        self.watched: dict[int, int] = {}
        self._tasks = watched

    def count(self, run: Run, times: int) -> None:
        """One run more, or one less."""
        self.many += times
        _count(self.codes, run.code, times)
        if run.task in self._tasks:
            _count(self.watched, run.task, times)


def _count(counts: dict[int, int], key: int, times: int) -> None:
    left = counts.get(key, 0) + times
    if left:
        counts[key] = left
    else:
        del counts[key]


def share_out(
    runs: Sequence[Run], shares: Shares, watched: frozenset[int] = frozenset()
) -> list[Stretch]:
    """Share out a node's time among its runs, which come in order; when it was busy.

    Time of the tasks in `watched` is noted by task, too.
    """
    ends: list[tuple[int, int]] = []
    going, busy, now = Going(watched), list[Stretch](), 0

    def go_on(until: int) -> None:
        nonlocal now
        if going.many and until > now:
            shares.note(going, until - now)
            if busy and busy[-1][1] == now:
                busy[-1] = (busy[-1][0], until)
            else:
                busy.append((now, until))
        now = until

    def end_until(moment: int | None) -> None:
        while ends and (moment is None or ends[0][0] <= moment):
            end, index = heappop(ends)
            go_on(end)
            going.count(runs[index], -1)

    for index, run in enumerate(runs):
        if run.end > run.start:
            end_until(run.start)
            go_on(run.start)
            heappush(ends, (run.end, index))
            going.count(run, 1)
    end_until(None)
    return busy


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, those that touch or overlap as one."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found


def without(stretches: Iterable[Stretch], taken: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of stretches when others are taken away; both are merged and in order."""
    at = 0
    for start, end in stretches:
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        left, place = start, at
        while place < len(taken) and taken[place][0] < end:
            if taken[place][0] > left:
                yield left, taken[place][0]
            left = taken[place][1]
            place += 1
        if left < end:
            yield left, end


def length_of(stretches: Iterable[Stretch]) -> int:
    """How long some stretches are together."""
    return sum(end - start for start, end in stretches)
