"""What the node hours of a pool were spent on, to the microsecond: the parts add up to the whole.

A node's time goes to the tasks that ran on it, in equal parts where several did. The rest is what
its pool or its states tell: no task, idle, starting and so on; what neither tells is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.runs import NodeRuns, PoolRuns, Run, job_of, purpose_of
from batchdoctor.core.cost.sharing import (
    Shares,
    Stretch,
    length_of,
    merged,
    share_out,
    without,
)
from batchdoctor.core.cost.sizes import PoolSizes, beyond_tasks

_NO_RUNS = NodeRuns()


class Window(NamedTuple):
    """From when to when hours are counted, in microseconds since 1970."""

    start: int
    end: int

    def cut(self, start: int, end: int) -> Stretch:
        """What of a stretch is within; it is empty if its end is not after its start."""
        return max(start, self.start), min(end, self.end)


class WithoutTask(NamedTuple):
    """What a node did from one moment to another while no task ran on it."""

    start: int
    end: int
    purpose: Purpose


class PoolSpent(msgspec.Struct):
    """Microseconds of the nodes of a pool, whole or shares of them.

    `by_job` is by number of the job, `by_task` holds the tasks that were watched.
    """

    pool_id: str
    nodes: int = 0
    runs: int = 0
    by_purpose: dict[Purpose, Fraction] = msgspec.field(default_factory=dict)
    by_job: dict[int, dict[Purpose, Fraction]] = msgspec.field(default_factory=dict)
    by_node: dict[str, dict[Purpose, Fraction]] = msgspec.field(default_factory=dict)
    by_task: dict[int, Fraction] = msgspec.field(default_factory=dict)

    @property
    def total(self) -> Fraction:
        """Everything together."""
        return sum(self.by_purpose.values(), Fraction())

    def add(self, purpose: Purpose, length: Fraction, node_id: str | None = None) -> None:
        """Count time, of one node if it is known of which."""
        if length:
            _add(self.by_purpose, purpose, length)
            if node_id is not None:
                _add(self.by_node.setdefault(node_id, {}), purpose, length)


class PoolTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a pool: its runs, and its sizes or what its nodes did without a task."""

    runs: PoolRuns
    sizes: PoolSizes | None = None
    nodes: Mapping[str, Sequence[WithoutTask]] = msgspec.field(default_factory=dict)


def reckon(told: PoolTold, window: Window, watched: frozenset[int] = frozenset()) -> PoolSpent:
    """Reckon the hours of one pool in some time."""
    spent = PoolSpent(told.runs.pool_id)
    known_from = told.sizes.since if told.sizes else None
    occupied: dict[str, list[Stretch]] = {}
    for node_id in dict.fromkeys((*told.runs.nodes, *told.nodes)):
        runs = told.runs.nodes.get(node_id, _NO_RUNS).distinct()
        taken = _spend(spent, node_id, runs, window, watched)
        there = told.nodes.get(node_id) or _between_runs(runs)
        _spend_rest(spent, node_id, there, taken, _until(window, known_from))
        spent.nodes += bool(taken or any(_within(there, window)))
        if known_from is not None and taken:
            occupied[node_id] = taken
    if told.sizes and known_from is not None:
        pieces = told.sizes.pieces(*window)
        unused, doubtful = beyond_tasks(pieces, occupied)
        spent.add(Purpose.NO_TASK, Fraction(unused))
        spent.add(Purpose.NOT_KNOWN, Fraction(doubtful))
    return spent


def _spend(
    spent: PoolSpent, node_id: str, runs: Sequence[Run], window: Window, watched: frozenset[int]
) -> list[Stretch]:
    """Give a node's time to its runs; all the time in which something ran on it."""
    shares, lost = Shares(), list[Run]()
    told: list[Run] = []
    for run in runs:
        start, end = window.cut(run.start, run.end)
        if start < end:
            kept = lost if purpose_of(run.code) is Purpose.NOT_KNOWN else told
            kept.append(run._replace(start=start, end=end))
    told.sort()
    spent.runs += len(told) + len(lost)
    busy = share_out(told, shares, watched)
    # A run that is only known to have ended some time takes nothing from those that are told of.
    rest = list(without(merged((run.start, run.end) for run in lost), busy))
    for code, length in shares.by_code().items():
        purpose = purpose_of(code)
        spent.add(purpose, length, node_id)
        _add(spent.by_job.setdefault(job_of(code), {}), purpose, length)
    for task, length in shares.by_task().items():
        spent.by_task[task] = spent.by_task.get(task, Fraction()) + length
    spent.add(Purpose.NOT_KNOWN, Fraction(length_of(rest)), node_id)
    return merged((*busy, *rest))


def _spend_rest(
    spent: PoolSpent,
    node_id: str,
    there: Iterable[WithoutTask],
    taken: Sequence[Stretch],
    window: Window,
) -> None:
    for start, end, purpose in _within(there, window):
        left = length_of(without([(start, end)], taken))
        spent.add(purpose, Fraction(left), node_id)


def _within(there: Iterable[WithoutTask], window: Window) -> list[WithoutTask]:
    cut = [WithoutTask(*window.cut(each.start, each.end), each.purpose) for each in there]
    return [each for each in cut if each.start < each.end]


def _until(window: Window, moment: int | None) -> Window:
    return window if moment is None else Window(window.start, min(window.end, moment))


def _between_runs(runs: Sequence[Run]) -> tuple[WithoutTask, ...]:
    """A node of which only runs are known was there from the first of them to the last."""
    if not runs:
        return ()
    last = max(run.end for run in runs)
    return (WithoutTask(runs[0].start, last, Purpose.NO_TASK),)


def _add(amounts: dict[Purpose, Fraction], purpose: Purpose, length: Fraction) -> None:
    amounts[purpose] = amounts.get(purpose, Fraction()) + length
