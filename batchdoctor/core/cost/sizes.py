"""How many nodes a pool had and when, as the events of its resizes tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import NamedTuple

from batchdoctor.core.cost.sharing import Stretch


class SizePiece(NamedTuple):
    """A stretch in which a pool had at least `sure` and at most `possible` nodes."""

    start: int
    end: int
    sure: int
    possible: int


class PoolSizes:
    """The moments at which the number of a pool's nodes is known."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def note(self, moment: int, nodes: int) -> None:
        """Say how many nodes there were; of two words about one moment the larger number holds."""
        self._known[moment] = max(nodes, self._known.get(moment, 0))

    @property
    def since(self) -> int | None:
        """From when on the size is known."""
        return min(self._known, default=None)

    def pieces(self, start: int, end: int) -> Iterator[SizePiece]:
        """The size from one moment to another.

        Between two numbers that differ nodes came or went, and nobody tells when. After the last
        number nothing more is told, so it holds.
        """
        moments = sorted(self._known.items())
        for (moment, nodes), (later, then) in zip(moments, [*moments[1:], (end, -1)], strict=True):
            first, last = max(moment, start), min(max(later, moment), end)
            if first < last:
                after = nodes if then < 0 else then
                yield SizePiece(first, last, min(nodes, after), max(nodes, after))


def beyond_tasks(
    pieces: Iterator[SizePiece], nodes: Mapping[str, list[Stretch]]
) -> tuple[int, int]:
    """Time of the nodes of a pool that ran no task: what is sure, and what nobody tells.

    `nodes` has the stretches in which each ran something. Where more nodes ran tasks than the pool
    is said to have had, they were there.
    """
    changes = merge(*(_changes(stretches) for stretches in nodes.values()))
    unused = doubtful = busy = 0
    pending = next(changes, None)
    for piece in pieces:
        now = piece.start
        while now < piece.end:
            while pending is not None and pending[0] <= now:
                busy += pending[1]
                pending = next(changes, None)
            until = piece.end if pending is None else min(pending[0], piece.end)
            sure = max(busy, piece.sure)
            unused += (sure - busy) * (until - now)
            doubtful += max(piece.possible - sure, 0) * (until - now)
            now = until
    return unused, doubtful


def _changes(stretches: list[Stretch]) -> Iterator[tuple[int, int]]:
    for start, end in stretches:
        yield start, 1
        yield end, -1
