"""The end of a file as bytes: its last lines, fetched backwards and little more than them."""

from __future__ import annotations

from batchdoctor.service.client import Client
from batchdoctor.service.files import read
from batchdoctor.service.source import FileInfo, FileSource

_FIRST_REACH = 16 * 1024
# What is fetched at a time before that. Only who asks for very many lines has larger pieces, half
# of what the lines so far let expect.
_PIECE = 64 * 1024
_MANY = 1024 * 1024


def last_lines_of(
    client: Client, source: FileSource, info: FileInfo, count: int, *, longest: int | None = None
) -> bytes:
    """Return the last `count` lines of a file, as long as `info` says that it is.

    A last line without an end counts. Where the lines are longer than `longest` bytes together,
    so many bytes are returned, which may begin in the middle of a line.
    """
    size = begin = info.size or 0
    floor = 0 if longest is None else max(size - longest, 0)
    pieces: list[bytes] = []
    missing, reach = count, _FIRST_REACH
    while begin > floor and missing:
        start = max(begin - reach, floor)
        piece = b"".join(read(client, source, start=start, end=begin, info=info))
        # Lines begin behind the ends of those before; the very last end is none of those.
        ends = piece.count(b"\n") - (begin == size and piece.endswith(b"\n"))
        if ends >= missing:
            piece = piece[_start(piece, missing, is_last=begin == size) :]
        pieces.append(piece)
        missing -= min(ends, missing)
        begin = start
        reach = _next_reach(size - begin, count - missing, missing)
    return b"".join(reversed(pieces))


def _next_reach(size: int, found: int, missing: int) -> int:
    expected = size // max(found, 1) * missing
    return expected // 2 if expected > _MANY else _PIECE


def _start(piece: bytes, ends: int, *, is_last: bool) -> int:
    """Return where a piece goes on after all but its last so many ends of lines."""
    at = len(piece) - 1 if is_last and piece.endswith(b"\n") else len(piece)
    for _ in range(ends):
        at = piece.rfind(b"\n", 0, at)
    return at + 1
