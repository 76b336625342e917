"""Runs and failures laid out to be drawn: over time, on each node over time, job against node."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from batchdoctor.core.pictures.lanes import BINS, Lanes
from batchdoctor.core.pictures.matrix import Matrix, NodeKey, matrix_of
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.history import History, moment

_SHORTEST_BIN = 60
_MOST_NODES = 40


class Mark(msgspec.Struct, frozen=True):
    """A moment worth a line in a picture, and what happened then; an `onset` is of an incident."""

    at: datetime
    label: str
    is_onset: bool = False


class NodeRow(msgspec.Struct, frozen=True):
    """One node over time; before its first and after its last run it may not have been there."""

    name: str
    accused: bool
    bins: Sequence[Share]


class Picture(msgspec.Struct, frozen=True):
    """Runs of some jobs on some pools, from `start` on in bins of equal length.

    `nodes` are those with most to tell, `nodes_left_out` how many others there are. `lanes` has all
    else that happened, over its own time.
    """

    start: datetime
    step: timedelta
    bins: Sequence[Share]
    marks: Sequence[Mark]
    nodes: Sequence[NodeRow]
    nodes_left_out: int
    by_job: Matrix | None = None
    by_message: Matrix | None = None
    lanes: Lanes | None = None

    @property
    def end(self) -> datetime:
        """The end of the last bin."""
        return self.start + self.step * len(self.bins)


class _Cell(msgspec.Struct):
    """Runs and failures that are being counted."""

    runs: int = 0
    failures: int = 0

    def add(self, *, failed: bool) -> None:
        self.runs += 1
        self.failures += failed

    def share(self) -> Share:
        return Share(self.runs, self.failures)


class _Layout:
    """Runs by time, by node and time, and by job and node."""

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self.step = max(_SHORTEST_BIN, -(-(last - first + 1) // BINS))
        self.count = (last - first) // self.step + 1
        self.bins = self._row()
        self.nodes: dict[NodeKey, list[_Cell]] = {}
        self.cells: dict[tuple[str, NodeKey], _Cell] = {}

    def _row(self) -> list[_Cell]:
        return [_Cell() for _ in range(self.count)]

    def add(self, begin: int, node: NodeKey, job: str, *, failed: bool) -> None:
        """Count one run."""
        place = (begin - self._first) // self.step
        self.bins[place].add(failed=failed)
        self.nodes.setdefault(node, self._row())[place].add(failed=failed)
        self.cells.setdefault((job, node), _Cell()).add(failed=failed)


def picture_of(
    history: History | None, accused: Collection[NodeKey] = (), marks: Iterable[Mark] = ()
) -> Picture | None:
    """Lay out a history; None where it has no times."""
    times = [begin for begin, *_ in _runs(history)]
    start = moment(min(times, default=0))
    if start is None:
        return None
    layout = _Layout(min(times), max(times))
    for begin, node, job, failed in _runs(history):
        layout.add(begin, node, job, failed=failed)
    names = _nodes(layout, accused)
    shown = names[:_MOST_NODES]
    step = timedelta(seconds=layout.step)
    end = start + step * layout.count
    return Picture(
        start=start,
        step=step,
        bins=[cell.share() for cell in layout.bins],
        marks=sorted((mark for mark in marks if start <= mark.at <= end), key=lambda m: m.at),
        nodes=[
            NodeRow("/".join(node), node in accused, [cell.share() for cell in layout.nodes[node]])
            for node in shown
        ],
        nodes_left_out=len(names) - len(shown),
        by_job=matrix_of("job", {key: cell.share() for key, cell in layout.cells.items()}, accused),
    )


def _runs(history: History | None) -> Iterator[tuple[int, NodeKey, str, bool]]:
    """When each run began, where, of which job, and whether it failed."""
    if history is None:
        return
    for pool_id, names, index, runs in history.without(()):
        what, nodes = history.whats[index], [(pool_id, name) for name in names]
        for node, start, end in runs.rows():
            if begin := start or end:
                yield begin, nodes[node], what.job_id, what.failed


def _nodes(layout: _Layout, accused: Collection[NodeKey]) -> list[NodeKey]:
    """The accused first, then those with most failures."""

    def order(node: NodeKey) -> tuple[bool, int, NodeKey]:
        return node not in accused, -sum(cell.failures for cell in layout.nodes[node]), node

    return sorted(layout.nodes, key=order)
