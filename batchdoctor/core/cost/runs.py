"""Runs of tasks on nodes, 32 bytes each, however often each of them was told of.

Times are microseconds since 1970. A run is four numbers in a row: when it began and ended, the
number of its task, and a code of its job and what it came to. Two tellings of one run overlap on
its node, since no task runs there twice at once; they become one row when a node has twice as
many rows as it had after the last time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from batchdoctor.core.cost.purpose import PURPOSES, Purpose
from batchdoctor.core.names import folded

ROW = 4
_BITS = 4
_MASK = (1 << _BITS) - 1
# Rows of a node that are not worth looking through.
_FEW = 256
# Of two tellings of one run, the one of the lower rank holds.
_RANK = {
    PURPOSES.index(each): rank
    for rank, each in enumerate(
        (
            Purpose.FAILED,
            Purpose.REPEATED,
            Purpose.SUCCEEDED,
            Purpose.INTERRUPTED,
            Purpose.RUNNING,
            Purpose.NOT_KNOWN,
        )
    )
}


class Run(NamedTuple):
    """A run; `code` is of its job and purpose."""

    start: int
    end: int
    task: int
    code: int


def code_of(job: int, purpose: Purpose) -> int:
    """Job, by its number, and purpose in one number."""
    return job << _BITS | PURPOSES.index(purpose)


def purpose_of(code: int) -> Purpose:
    """The purpose in a code."""
    return PURPOSES[code & _MASK]


def job_of(code: int) -> int:
    """The number of the job in a code."""
    return code >> _BITS


class NodeRuns:
    """The runs of one node, in any order."""

    __slots__ = ("_looked_through", "rows")

    def __init__(self) -> None:
        self.rows = array("q")
        self._looked_through = _FEW

    def add(self, start: int, end: int, task: int, code: int) -> None:
        """Note a run, or what is told of it once more."""
        self.rows.extend((start, end, task, code))
        if len(self.rows) >= 2 * ROW * self._looked_through:
            self.replace(self.distinct())
            self._looked_through = max(_FEW, len(self.rows) // ROW)

    def replace(self, runs: Iterable[Run]) -> None:
        """Hold these runs instead."""
        rows = array("q")
        for run in runs:
            rows.extend(run)
        self.rows = rows

    def distinct(self) -> list[Run]:
        """Every run once, in the order in which they began."""
        found: list[Run] = []
        for run in sorted(self, key=lambda run: (run.task, run.start, run.end)):
            last = found[-1] if found else None
            if last is not None and _are_one(last, run):
                found[-1] = _joined(last, run)
            else:
                found.append(run)
        found.sort()
        return found

    def __iter__(self) -> Iterator[Run]:
        numbers = iter(self.rows)
        return map(Run, numbers, numbers, numbers, numbers)

    def __len__(self) -> int:
        return len(self.rows) // ROW


def _are_one(earlier: Run, later: Run) -> bool:
    """Whether two runs are one that was told of twice; clocks may let two of them touch."""
    if earlier.task != later.task:
        return False
    if earlier.start == later.start:
        return True
    shorter = min(earlier.end - earlier.start, later.end - later.start)
    return 2 * (min(earlier.end, later.end) - later.start) > shorter


def _joined(left: Run, right: Run) -> Run:
    """Two tellings of one run as one; what tells of an end knows it better."""
    better, other = sorted((left, right), key=lambda run: (_RANK[run.code & _MASK], run))
    return better._replace(start=min(better.start, other.start))


class PoolRuns:
    """The runs of a pool, by node."""

    __slots__ = ("nodes", "pool_id")

    def __init__(self, pool_id: str) -> None:
        self.pool_id = pool_id
        self.nodes: dict[str, NodeRuns] = {}

    def node(self, node_id: str) -> NodeRuns:
        """The runs of one of its nodes."""
        known = self.nodes.get(node_id)
        if known is None:
            known = self.nodes[node_id] = NodeRuns()
        return known


class Runs:
    """The runs of all pools, and the jobs by their numbers; ids compare without case."""

    def __init__(self) -> None:
        self.pools: dict[str, PoolRuns] = {}
        self.jobs: list[str] = []
        self._spelled: dict[str, PoolRuns] = {}
        self._numbers: dict[str, int] = {}

    def pool(self, pool_id: str) -> PoolRuns:
        """The runs of a pool."""
        known = self._spelled.get(pool_id)
        if known is None:
            known = self.pools.setdefault(folded(pool_id), PoolRuns(pool_id))
            self._spelled[pool_id] = known
        return known

    def job(self, job_id: str) -> int:
        """The number of a job."""
        number = self._numbers.get(job_id)
        if number is None:
            number = self._numbers.get(folded(job_id))
            if number is None:
                number = self._numbers[folded(job_id)] = len(self.jobs)
                self.jobs.append(job_id)
            self._numbers[job_id] = number
        return number

    def __len__(self) -> int:
        return sum(len(node) for pool in self.pools.values() for node in pool.nodes.values())
