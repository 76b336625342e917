"""Cuts a stream into blocks of whole lines; a line too long for any event is stepped over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

# Small enough to stay in the processor's own memory, and not to be given back to the system and
# asked for again with every block.
BLOCK = 64 * 1024
# No event is near this size, and a line is held in memory.
LONGEST_LINE = 16 * 1024 * 1024


@dataclass(slots=True)
class Block:
    """Whole lines without their ends, and where the first of them is.

    `overlong` says that there is one line here that was stepped over, and no other.
    """

    lines: list[bytes]
    offset: int
    number: int
    overlong: bool = False

    def place(self, index: int) -> tuple[int, int]:
        """Byte offset and number of a line."""
        before = sum(map(len, self.lines[:index])) + index
        return self.offset + before, self.number + index


def blocks(
    stream: BufferedReader, size: int = BLOCK, longest: int = LONGEST_LINE
) -> Iterator[Block]:
    """Read a stream to its end. The last line counts with or without an end."""
    offset, number, tail = 0, 1, b""
    while piece := stream.read1(size):
        data = tail + piece
        lines = data.split(b"\n")
        tail = lines.pop()
        if lines:
            yield Block(lines, offset, number)
        offset += len(data) - len(tail)
        number += len(lines)
        if len(tail) > longest:
            yield Block([], offset, number, overlong=True)
            skipped, rest = _after_newline(stream, size)
            offset += len(tail) + skipped
            number, tail = number + 1, rest
    if tail:
        yield Block([tail], offset, number)


def _after_newline(stream: BufferedReader, size: int) -> tuple[int, bytes]:
    """Read to the end of the line: how many bytes that took, and what was read beyond it."""
    skipped = 0
    while piece := stream.read1(size):
        end = piece.find(b"\n")
        if end >= 0:
            return skipped + end + 1, piece[end + 1 :]
        skipped += len(piece)
    return skipped, b""
