"""A history as plain data: columns of the narrowest numbers that hold them, in order of time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import msgspec

from batchdoctor.core.suspicion.history import HALF, SECONDS, History, Runs, What

# Letters of arrays, each with the first number that it does not hold.
_WIDTHS = (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32))
_LITTLE = array("H", [1]).tobytes() == b"\1\0"


class _RunColumns(msgspec.Struct, frozen=True, array_like=True):
    """Runs by what ran: nodes, seconds from one start to the next, and seconds that each took.

    Each column is the letter of its array and the bytes, the lowest first.
    """

    what: int
    nodes: tuple[str, bytes]
    starts: tuple[str, bytes]
    lengths: tuple[str, bytes]


class PoolColumns(msgspec.Struct, frozen=True, array_like=True):
    """The runs of a pool; `nodes` are the ids that its numbers stand for."""

    pool_id: str
    nodes: list[str]
    runs: list[_RunColumns]


class HistoryColumns(msgspec.Struct, frozen=True, array_like=True):
    """All runs of some pools."""

    whats: list[What]
    pools: list[PoolColumns]


def columns_of(history: History) -> HistoryColumns:
    """Lay a history out in columns."""
    pools = [
        PoolColumns(
            pool_id,
            pool.nodes,
            [_columns(what, runs) for what, runs in pool.runs.items() if runs],
        )
        for pool_id, pool in history.pools.items()
    ]
    return HistoryColumns(history.whats, pools)


def history_of(columns: HistoryColumns) -> History:
    """Make a history of its columns. Raises ValueError or IndexError for damaged ones."""
    history = History()
    for what in columns.whats:
        history.index_of(what)
    for each in columns.pools:
        pool = history.pool(each.pool_id)
        for node_id in each.nodes:
            pool.number_of(node_id)
        for runs in each.runs:
            _ = history.whats[runs.what]
            pool.runs[runs.what] = _runs(runs, len(pool.nodes))
    return history


def _columns(what: int, runs: Runs) -> _RunColumns:
    rows = sorted(runs.pairs(), key=lambda pair: (pair[1], pair[0]))
    starts = [when >> HALF for _, when in rows]
    lengths = [((when & SECONDS) - (when >> HALF)) & SECONDS for _, when in rows]
    return _RunColumns(
        what,
        _narrow([node for node, _ in rows]),
        _narrow(list(_steps(starts))),
        _narrow(lengths),
    )


def _steps(numbers: Sequence[int]) -> Iterator[int]:
    yield from (after - before for before, after in pairwise((0, *numbers)))


def _runs(columns: _RunColumns, nodes: int) -> Runs:
    numbers = _wide(columns.nodes)
    starts, lengths = accumulate(_wide(columns.starts)), _wide(columns.lengths)
    if max(numbers, default=0) >= nodes:
        raise IndexError("a node that is not there")
    when = (
        start << HALF | (start + length) & SECONDS
        for start, length in zip(starts, lengths, strict=True)
    )
    runs = Runs(numbers, when)
    if len(runs.nodes) != len(runs.when):
        raise ValueError("columns that are not equally long")
    return runs


def _narrow(numbers: Sequence[int]) -> tuple[str, bytes]:
    most = max(numbers, default=0)
    letter = next(letter for letter, above in _WIDTHS if most < above)
    column = array(letter, numbers)
    if not _LITTLE:
        column.byteswap()
    return letter, column.tobytes()


def _wide(column: tuple[str, bytes]) -> array[int]:
    letter, text = column
    if letter not in {letter for letter, _ in _WIDTHS}:
        raise ValueError("a column of no known width")
    numbers = array(letter)
    numbers.frombytes(text)
    if not _LITTLE:
        numbers.byteswap()
    return numbers
