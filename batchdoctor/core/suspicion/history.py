"""When which node ran what, and how it ended: two numbers a run, by pool and by what ran.

A run here is the first attempt of a task on a node. Those after it are not independent of it: one
bad input that is tried again on the spot would accuse a healthy node.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import compress
from operator import sub
from typing import NamedTuple

try:
    from batchdoctor.core.suspicion.compiled import _runs
except ImportError:
    # There was no compiler where it was installed.
    _runs = None  # type: ignore[assignment]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HALF = 32
SECONDS = (1 << HALF) - 1
# Stands for a time that no run is after.
NEVER = 2**64 - 1
# Which half of a number comes first in memory.
_LOW, _HIGH = (0, 1) if array("Q", [1]).tobytes()[0] else (1, 0)


class What(NamedTuple):
    """What ran, and how it ended; of a success, `failed` is false and the rest is empty.

    `kind` is a number that tasks of one kind share. `ended` is a task that was ended from outside:
    by request, with its job, or by its own time limit.
    """

    job_id: str
    kind: int
    failed: bool = False
    node_caused: bool = False
    ended: bool = False
    category: str = ""
    code: str = ""
    said: str = ""
    """The message in its words that tells the cause, where they were read and one does."""
    service: str = ""
    """What outside of the pool that message speaks of."""


class Runs:
    """Runs in columns: the number of the node, and when each started and ended.

    A time is two numbers of seconds since 1970 in one: the start, 0 if it is not known, and below
    it the end. Columns, since a whole one is gone through in C.
    """

    __slots__ = ("nodes", "when")

    def __init__(self, nodes: Iterable[int] = (), when: Iterable[int] = ()) -> None:
        self.nodes = array("I", nodes)
        self.when = array("Q", when)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def starts(self) -> array[int]:
        """When each started, in seconds since 1970, 0 where that is not known."""
        return upper_halves(self.when)

    @property
    def ends(self) -> array[int]:
        """When each ended, in seconds since 1970."""
        return _halves(self.when, _LOW)

    @property
    def span(self) -> tuple[int, int, int, int, int]:
        """The first start, the first and last end, the shortest and longest duration, of some runs.

        What ended before it started took no time.
        """
        if _runs is not None:
            return _runs.span(self.when)
        starts, ends = self.starts, self.ends
        took = list(map(sub, ends, starts))
        return min(starts), min(ends), max(ends), max(0, min(took)), max(0, *took)

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Of each run its node, start and end."""
        return zip(self.nodes, self.starts, self.ends, strict=True)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Of each run its node and time."""
        return zip(self.nodes, self.when, strict=True)

    def only(self, kept: Collection[bool]) -> Runs:
        """The runs that are to be kept."""
        return Runs(compress(self.nodes, kept), compress(self.when, kept))

    def of_nodes(self, wanted: bytes | bytearray) -> Runs:
        """The runs of nodes whose byte is not zero."""
        if _runs is not None:
            return self.since(array("Q", [0 if each else NEVER for each in wanted]))
        return self.only([wanted[node] > 0 for node in self.nodes])

    def since(self, times: array[int], *, started: bool = False) -> Runs:
        """The runs that are not before what is given for their node, or only those with a start.

        `NEVER` lets none of a node by.
        """
        if _runs is not None:
            found = Runs()
            nodes, when = _runs.only(self.nodes, self.when, times, started)
            found.nodes.frombytes(nodes)
            found.when.frombytes(when)
            return found
        return self.only(
            [
                NEVER > times[node] <= when and (when >> HALF > 0 or not started)
                for node, when in self.pairs()
            ]
        )


class PoolHistory:
    """The runs of a pool by index of what ran; `nodes` are the ids that its numbers stand for."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.runs: dict[int, Runs] = {}
        self._numbers: dict[str, int] = {}

    def number_of(self, node_id: str) -> int:
        """Give the number that stands for a node."""
        number = self._numbers.get(node_id)
        if number is None:
            number = self._numbers[node_id] = len(self.nodes)
            self.nodes.append(node_id)
        return number

    def runs_of(self, what: int) -> Runs:
        """Give the runs of what has this index, none at first."""
        found = self.runs.get(what)
        if found is None:
            found = self.runs[what] = Runs()
        return found


class History:
    """All runs of some pools, in any order."""

    def __init__(self) -> None:
        self.whats: list[What] = []
        self.pools: dict[str, PoolHistory] = {}
        self._indices: dict[What, int] = {}

    def index_of(self, what: What) -> int:
        """Give the number that stands for what ran and how it ended."""
        index = self._indices.get(what)
        if index is None:
            index = self._indices[what] = len(self.whats)
            self.whats.append(what)
        return index

    def pool(self, pool_id: str) -> PoolHistory:
        """Give the runs of a pool, none at first."""
        found = self.pools.get(pool_id)
        if found is None:
            found = self.pools[pool_id] = PoolHistory()
        return found

    def add(
        self, pool_id: str, node_id: str, what: What, start: datetime | None, end: datetime | None
    ) -> None:
        """Add one run with its times, which must carry their zone."""
        pool = self.pool(pool_id)
        runs = pool.runs_of(self.index_of(what))
        runs.nodes.append(pool.number_of(node_id))
        runs.when.append(seconds_of(start) << HALF | seconds_of(end))

    def merge(self, other: History) -> None:
        """Add all runs of another history."""
        whats = [self.index_of(what) for what in other.whats]
        for pool_id, theirs in other.pools.items():
            pool = self.pool(pool_id)
            numbers = [pool.number_of(node_id) for node_id in theirs.nodes]
            for what, runs in theirs.runs.items():
                mine = pool.runs_of(whats[what])
                mine.nodes.extend(array("I", map(numbers.__getitem__, runs.nodes)))
                mine.when.extend(runs.when)

    def retell(self, pool_id: str, node_id: str, told: Mapping[tuple[int, int], What]) -> None:
        """Let runs of a node be something else; `told` is by index of what they were, and end.

        Nothing is told of a pool whose times are not known.
        """
        pool = self.pools.get(pool_id)
        if pool is None:
            return
        number = pool.number_of(node_id)
        for index in {index for index, _ in told}:
            runs = pool.runs_of(index)
            moved = [
                node == number and (index, when & SECONDS) in told for node, when in runs.pairs()
            ]
            pool.runs[index] = runs.only([not each for each in moved])
            for _, when in runs.only(moved).pairs():
                now = pool.runs_of(self.index_of(told[index, when & SECONDS]))
                now.nodes.append(number)
                now.when.append(when)

    def without(
        self, nodes: Collection[tuple[str, str]]
    ) -> Iterator[tuple[str, list[str], int, Runs]]:
        """Of each pool and what ran there: the pool, its nodes, the index, and runs elsewhere."""
        for pool_id, pool in self.pools.items():
            wanted = bytes((pool_id, node_id) not in nodes for node_id in pool.nodes)
            for what, runs in pool.runs.items():
                yield pool_id, pool.nodes, what, runs if all(wanted) else runs.of_nodes(wanted)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        return self._sorted() == other._sorted()

    __hash__ = None  # type: ignore[assignment]

    def _sorted(self) -> list[tuple[str, str, What, int, int]]:
        return sorted(
            (pool_id, nodes[node], self.whats[what], start, end)
            for pool_id, nodes, what, runs in self.without(())
            for node, start, end in runs.rows()
        )


def moment(second: int) -> datetime | None:
    """The time of a second since 1970; None for 0, which is not known."""
    return _EPOCH + timedelta(seconds=second) if second else None


def upper_halves(numbers: array[int]) -> array[int]:
    """The upper 32 bits of numbers of 64 bits."""
    return _halves(numbers, _HIGH)


def _halves(numbers: array[int], half: int) -> array[int]:
    if len(numbers) == 1:  # as of a job of one task: half of the time
        return array("I", [numbers[0] >> HALF & SECONDS if half == _HIGH else numbers[0] & SECONDS])
    halves = array("I")
    halves.frombytes(memoryview(numbers).cast("B"))
    return halves[half::2]


def seconds_of(time: datetime | None) -> int:
    """The second since 1970 of a time, which must carry its zone; 0 for None."""
    if time is None:
        return 0
    second: int = min(max(int((time - _EPOCH).total_seconds()), 1), SECONDS)
    return second
