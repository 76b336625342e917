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

    def note(self, running: Iterable[Run], many: int, length: int, watched: frozenset[int]) -> None:
        """Count a stretch in which these many runs went on."""
        for run in running:
            key = run.code, many
            self.together[key] = self.together.get(key, 0) + length
            if run.task in watched:
                own = run.task, many
                self.of_tasks[own] = self.of_tasks.get(own, 0) + length

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


def share_out(
    runs: Sequence[Run], shares: Shares, watched: frozenset[int] = frozenset()
) -> list[Stretch]:
    """Share out a node's time among its runs, which come in order; when it was busy.

    Time of the tasks in `watched` is noted by task, too.
    """
    going: list[tuple[int, int]] = []
    busy: list[Stretch] = []
    now = 0

    def go_on(until: int) -> None:
        nonlocal now
        if going and until > now:
            running = [runs[index] for _, index in going]
            shares.note(running, len(running), until - now, watched)
            if busy and busy[-1][1] == now:
                busy[-1] = (busy[-1][0], until)
            else:
                busy.append((now, until))
        now = until

    for index, run in enumerate(runs):
        while going and going[0][0] <= run.start:
            go_on(going[0][0])
            heappop(going)
        go_on(run.start)
        if run.end > run.start:
            heappush(going, (run.end, index))
    while going:
        go_on(going[0][0])
        heappop(going)
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
