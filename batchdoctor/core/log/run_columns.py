"""Runs in few bytes: sorted by time and node, as steps from one to the next, and lengths.

Of all places that a run could have, a grain of time and a node each, the number is kept of each
run's, as the step from the one before. A log with many runs on few nodes has few places between
them, so that a step takes half a byte once it is compressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from batchdoctor.core.suspicion.history import HALF, SECONDS, Runs

try:
    from batchdoctor.core.log.compiled import _rows
except ImportError:
    # There was no compiler where it was installed.
    _rows = None  # type: ignore[assignment]

# The bits of a number that one byte takes, and the one that says that another byte follows.
_BITS, _MORE = 7, 0x80
_LARGEST, _LARGEST_STEP = 2**32 - 1, 2**64 - 1
# Of a length that is not kept exactly, so many bits are.
_LENGTH_BITS = 4
# Stands there for the length of a run without an end; above the other, runs ended before they
# began, by clocks that differ.
_NO_END, _BACKWARDS = _LARGEST, 2**31

# One more than the largest number of a node, the steps, and the lengths; each number seven bits at
# a time, the lowest first.
Packed = tuple[int, bytes, bytes]


def packed(runs: Runs, grain: int) -> Packed:
    """Runs in few bytes; with a grain of 1 second as they are."""
    if _rows is not None:
        return _rows.packed(runs.nodes, runs.when, grain)
    rows, size = _sorted(runs, grain), max(runs.nodes, default=-1) + 1
    places = [begin * size + node for begin, node, _ in rows]
    steps = [place - before for before, place in zip([0, *places], places, strict=False)]
    return size, _text_of(steps), _text_of([length for *_, length in rows])


def unpacked(size: int, steps: bytes, lengths: bytes, grain: int) -> Runs:
    """The runs of such bytes. Raises ValueError if there are none of the kind."""
    runs = Runs()
    if _rows is not None:
        nodes, when = _rows.unpacked(size, steps, lengths, grain)
        runs.nodes.frombytes(nodes)
        runs.when.frombytes(when)
        return runs
    numbers = _numbers(steps, _LARGEST_STEP), _numbers(lengths, _LARGEST)
    place = 0
    for step, length in zip(*numbers, strict=True):
        place += step
        if not size or place // size * grain > _LARGEST:
            raise ValueError("a run that is too late")
        start = place // size * grain
        runs.nodes.append(place % size)
        runs.when.append(start << HALF | _end(start, length, grain))
    return runs


def evened(runs: Runs, grain: int) -> Runs:
    """Runs as a grain keeps them, those of a node evenly within each grain, in order of time."""
    found = Runs()
    if _rows is not None:
        nodes, when = _rows.evened(runs.nodes, runs.when, grain)
        found.nodes.frombytes(nodes)
        found.when.frombytes(when)
        return found
    for (begin, node), group in groupby(_sorted(runs, grain), key=lambda row: row[:2]):
        lengths = [length for *_, length in group]
        for at, length in enumerate(lengths):
            within = (2 * at + 1) * grain // (2 * len(lengths))
            start = begin * grain + within if begin else 0
            found.nodes.append(node)
            found.when.append(start << HALF | _end(start, length, grain))
    return found


def _sorted(runs: Runs, grain: int) -> list[tuple[int, int, int]]:
    return sorted(
        (start // grain, node, _length(start, end, grain)) for node, start, end in runs.rows()
    )


def _length(start: int, end: int, grain: int) -> int:
    length = (end - start) & SECONDS
    if grain == 1:
        return length
    if not end:
        return _NO_END
    if start < grain:
        return min(end, _NO_END - 1)
    if length >= _BACKWARDS:
        return min(length, _NO_END - 1)
    bits = max(0, length.bit_length() - _LENGTH_BITS)
    return length >> bits << bits


def _end(start: int, length: int, grain: int) -> int:
    return 0 if grain > 1 and length == _NO_END else (start + length) & SECONDS


def _text_of(numbers: list[int]) -> bytes:
    found = bytearray()
    for number in numbers:
        while number >= _MORE:
            found.append(number & (_MORE - 1) | _MORE)
            number >>= _BITS  # noqa: PLW2901 - what is left of it
        found.append(number)
    return bytes(found)


def _numbers(text: bytes, most: int) -> Iterator[int]:
    number = shift = 0
    for byte in text:
        number |= (byte & (_MORE - 1)) << shift
        if number > most:
            raise ValueError("a number that is too large")
        shift += _BITS
        if byte < _MORE:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("a number without an end")
