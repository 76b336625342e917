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
    stream: BufferedReader,
    *,
    offset: int = 0,
    length: int | None = None,
    size: int = BLOCK,
    longest: int = LONGEST_LINE,
) -> Iterator[Block]:
    """Read a stream, standing at `offset`, to its end or for `length` bytes of whole lines.

    The last line counts with or without an end.
    """
    number, tail, held = 1, [b""], 0
    end = None if length is None else offset + length
    while piece := stream.read1(size if end is None else min(size, end - offset - held)):
        tail.append(piece)
        if b"\n" in piece:
            data = b"".join(tail)
            lines = data.split(b"\n")
            yield Block(lines[:-1], offset, number)
            tail, held = [lines[-1]], len(lines[-1])
            offset, number = offset + len(data) - held, number + len(lines) - 1
        elif (held := held + len(piece)) > longest:
            yield Block([], offset, number, overlong=True)
            skipped, rest = _after_newline(stream, size)
            offset, number = offset + held + skipped, number + 1
            tail, held = [rest], len(rest)
    if last := b"".join(tail):
        yield Block([last], offset, number)


def _after_newline(stream: BufferedReader, size: int) -> tuple[int, bytes]:
    """Read to the end of the line: how many bytes that took, and what was read beyond it."""
    skipped = 0
    while piece := stream.read1(size):
        end = piece.find(b"\n")
        if end >= 0:
            return skipped + end + 1, piece[end + 1 :]
        skipped += len(piece)
    return skipped, b""
