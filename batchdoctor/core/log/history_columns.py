"""A history as plain data, half a byte a run or some; and the history that is judged, made of it.

What is left of different buckets is put together one kind of runs after the other, so that never
more than one is there twice.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from batchdoctor.core.log.grain import EXACT, Grain
from batchdoctor.core.log.run_columns import evened, packed, unpacked
from batchdoctor.core.suspicion.history import History, PoolHistory, Runs, What


class PackedRuns(msgspec.Struct, frozen=True, array_like=True):
    """Runs by index of what ran; see `run_columns` for the rest, whose bytes are compressed."""

    what: int
    size: int
    steps: bytes
    lengths: bytes


class PoolColumns(msgspec.Struct, frozen=True, array_like=True):
    """The runs of a pool; `nodes` are the ids that its numbers stand for."""

    pool_id: str
    nodes: list[str]
    runs: list[PackedRuns]


class HistoryColumns(msgspec.Struct, frozen=True, array_like=True):
    """All runs of some pools; those that succeeded are kept to so many `seconds`."""

    seconds: int
    whats: list[What]
    pools: list[PoolColumns]

    def check(self) -> None:
        """Raise IndexError for indices of what is not there."""
        for pool in self.pools:
            for each in pool.runs:
                if each.what >= len(self.whats) or each.size > len(pool.nodes):
                    raise IndexError("runs of what is not there")


def columns_of(history: History, grain: Grain = EXACT) -> HistoryColumns:
    """Lay a history out in columns."""
    seconds, whats = grain.seconds, history.whats
    return HistoryColumns(
        seconds,
        whats,
        [
            PoolColumns(
                pool_id,
                pool.nodes,
                [
                    _packed(what, runs, _seconds(seconds, whats[what]))
                    for what, runs in pool.runs.items()
                    if runs
                ],
            )
            for pool_id, pool in history.pools.items()
        ],
    )


def history_of(parts: Sequence[HistoryColumns], grain: Grain = EXACT) -> History:
    """The history that is judged, of all parts of one. Raises ValueError for damaged ones.

    The order of the parts, and of what is in them, does not matter.
    """
    history, chosen = History(), _Chosen(grain.every)
    for pool_id in sorted({pool.pool_id for part in parts for pool in part.pools}):
        here = [(part, pool) for part in parts for pool in part.pools if pool.pool_id == pool_id]
        pool = history.pool(pool_id)
        for node_id in sorted({node_id for _, each in here for node_id in each.nodes}):
            pool.number_of(node_id)
        packs = _by_what(here)
        for what in sorted(packs):
            runs = _joined(pool, packs[what])
            pool.runs[history.index_of(what)] = _judged(runs, what, grain, chosen)
    return history


def judged(history: History, grain: Grain) -> History:
    """A history as it is judged that was in no columns; it may be changed."""
    if grain.every > 1:
        return history_of([columns_of(history, grain)], grain)
    if grain.seconds > 1:
        for pool in history.pools.values():
            for index, runs in pool.runs.items():
                if not history.whats[index].failed:
                    pool.runs[index] = evened(runs, grain.seconds)
    return history


class _Chosen:
    """Takes one of so many runs, counted on from one kind of them to the next."""

    def __init__(self, every: int) -> None:
        self.every = every
        self._passed = 0

    def of(self, runs: Runs) -> Runs:
        """The runs that are taken, of some in order."""
        first = -self._passed % self.every
        self._passed += len(runs)
        taken = Runs()
        taken.nodes, taken.when = runs.nodes[first :: self.every], runs.when[first :: self.every]
        return taken


def _seconds(seconds: int, what: What) -> int:
    """Failures are few, and told of to the second."""
    return 1 if what.failed else seconds


def _judged(runs: Runs, what: What, grain: Grain, chosen: _Chosen) -> Runs:
    seconds = _seconds(grain.seconds, what)
    if seconds > 1 or chosen.every > 1:
        runs = evened(runs, seconds)
    return chosen.of(runs) if chosen.every > 1 else runs


def _packed(what: int, runs: Runs, seconds: int) -> PackedRuns:
    size, steps, lengths = packed(runs, seconds)
    return PackedRuns(what, size, _compressed(steps), _compressed(lengths))


def _compressed(numbers: bytes) -> bytes:
    # Steps are as random as dice: there are no words in them to be found again.
    compressor = zlib.compressobj(6, strategy=zlib.Z_RLE)
    return compressor.compress(numbers) + compressor.flush()


def _unpacked(each: PackedRuns, part: HistoryColumns) -> Runs:
    try:
        steps, lengths = zlib.decompress(each.steps), zlib.decompress(each.lengths)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return unpacked(each.size, steps, lengths, _seconds(part.seconds, part.whats[each.what]))


_Place = tuple[HistoryColumns, PoolColumns]


def _by_what(here: Iterable[_Place]) -> Mapping[What, list[tuple[_Place, PackedRuns]]]:
    found: dict[What, list[tuple[_Place, PackedRuns]]] = {}
    for part, pool in here:
        for each in pool.runs:
            found.setdefault(part.whats[each.what], []).append(((part, pool), each))
    return found


def _joined(pool: PoolHistory, packs: Iterable[tuple[_Place, PackedRuns]]) -> Runs:
    """All runs of one kind, with the numbers that a pool has for their nodes."""
    found = Runs()
    for (part, theirs), each in packs:
        runs = _unpacked(each, part)
        numbers = [*map(pool.number_of, theirs.nodes)]
        is_same = numbers == [*range(len(numbers))]
        found.nodes.extend(
            runs.nodes if is_same else array("I", map(numbers.__getitem__, runs.nodes))
        )
        found.when.extend(runs.when)
    return found
