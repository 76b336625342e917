"""A history as plain data: some three bytes a run, in order of time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.suspicion.history import HALF, SECONDS, History, Runs, What

try:
    from batchdoctor.core.log.compiled import _rows
except ImportError:
    # There was no compiler where it was installed.
    _rows = None  # type: ignore[assignment]

# The bits of a number that one byte takes, and the one that says that another byte follows.
_BITS, _MORE = 7, 0x80
_LARGEST = 2**32 - 1


class PackedRuns(msgspec.Struct, frozen=True, array_like=True):
    """Runs by index of what ran.

    Of each run come the seconds since the one before started, the number of its node, and how many
    seconds it took; each number seven bits at a time, the lowest first.
    """

    what: int
    numbers: bytes


class PoolColumns(msgspec.Struct, frozen=True, array_like=True):
    """The runs of a pool; `nodes` are the ids that its numbers stand for."""

    pool_id: str
    nodes: list[str]
    runs: list[PackedRuns]


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
            [PackedRuns(what, packed(runs)) for what, runs in pool.runs.items() if runs],
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
            found = pool.runs[runs.what] = unpacked(runs.numbers)
            if found and max(found.nodes) >= len(pool.nodes):
                raise IndexError("a node that is not there")
    return history


def packed(runs: Runs) -> bytes:
    """Runs as numbers of seven bits at a time."""
    if _rows is not None:
        return _rows.packed(runs.nodes, runs.when)
    found, before = bytearray(), 0
    for when, node in sorted((when, node) for node, when in runs.pairs()):
        start = when >> HALF
        for number in (start - before, node, ((when & SECONDS) - start) & SECONDS):
            while number >= _MORE:
                found.append(number & (_MORE - 1) | _MORE)
                number >>= _BITS  # noqa: PLW2901 - what is left of it
            found.append(number)
        before = start
    return bytes(found)


def unpacked(numbers: bytes) -> Runs:
    """The runs of such numbers. Raises ValueError if there are none of the kind."""
    runs = Runs()
    if _rows is not None:
        nodes, when = _rows.unpacked(numbers)
        runs.nodes.frombytes(nodes)
        runs.when.frombytes(when)
        return runs
    start, found = 0, _numbers(numbers)
    for step, node, length in zip(found, found, found, strict=True):
        start += step
        if start > _LARGEST:
            raise ValueError("a run that is too late")
        runs.nodes.append(node)
        runs.when.append(start << HALF | (start + length) & SECONDS)
    return runs


def _numbers(text: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in text:
        number |= (byte & (_MORE - 1)) << shift
        if number > _LARGEST:
            raise ValueError("a number that is too large")
        shift += _BITS
        if byte < _MORE:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("a number without an end")
