"""A blob that grows, cut into whole lines: each byte of it is fetched once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase

import msgspec

from batchdoctor.events.blocks import LONGEST_LINE

CHUNK = 1024 * 1024
# Of these a reader fetches a range at a time.
RANGE = 4 * 1024 * 1024

# A part of a blob: its offset and length in bytes.
Read = Callable[[int, int], bytes]


class GrowingBlob:
    """What was given of a blob, and what was fetched and has no end of line yet.

    `offset` is where the first line begins that was not given to its end, `number` is its number.
    """

    def __init__(self, read: Read, offset: int = 0, number: int = 1) -> None:
        self._read = read
        self.offset = offset
        self.number = number
        # Up to here it was fetched; the tail is what has no end of line yet.
        self._fetched = offset
        self._tail = b""
        self._still = False

    def lines(self, size: int) -> Iterator[bytes | None]:
        """Every new line of a blob that has `size` bytes now; None for one that is too long.

        A line counts as given when the next one is asked for. A last one without an end is given if
        it is a whole document, and the blob has not grown for a round.
        """
        if size < self._fetched:
            # Another one of the same name.
            self.offset, self.number, self._fetched, self._tail = 0, 1, 0, b""
        was_still, self._still = self._still, size == self._fetched
        while self._fetched < size:
            piece = self._read(self._fetched, min(CHUNK, size - self._fetched))
            if not piece:
                return
            self._fetched += len(piece)
            whole, newline, self._tail = (self._tail + piece).rpartition(b"\n")
            for line in whole.split(b"\n") if newline else ():
                yield line
                self._give(len(line) + 1)
            if len(self._tail) > LONGEST_LINE:
                yield None
                self.offset, self._tail = self._fetched, b""
        if was_still and self._still and _is_document(self._tail):
            yield self._tail
            self._give(len(self._tail))
            self._tail = b""

    def _give(self, length: int) -> None:
        self.offset += length
        self.number += 1


def _is_document(text: bytes) -> bool:
    if not text.strip():
        return False
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.MsgspecError:
        return False
    return True


def beginning(read: Read, size: int) -> BufferedReader:
    """The first `size` bytes of a blob as a stream."""
    return BufferedReader(_Beginning(read, size), RANGE)


class _Beginning(RawIOBase):
    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._at = 0
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        if not self._ready and self._at < self._size:
            self._ready = memoryview(self._read(self._at, min(RANGE, self._size - self._at)))
            self._at += len(self._ready)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def end_of_last_line(read: Read, size: int) -> int:
    """Where the last whole line of a blob of that size ends; 0 where there is none in its end."""
    start = max(0, size - CHUNK)
    return start + read(start, size - start).rfind(b"\n") + 1 if size else 0
