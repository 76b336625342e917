"""Divides the reading of logs among several processes: large files by ranges of whole lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import msgspec

from batchdoctor.events.layout import HEAD, Layout, layout_of
from batchdoctor.events.source import Source, opened

# Less than this is read in a second or two; several processes would save little of that, and use
# more of the machine in all.
WORTH_SHARING = 256 * 1024 * 1024
# By how much the first part of a file is larger: it is counted by the process that the tallies of
# the others have yet to be sent to.
HEAD_START = 0.08
# Of a file that was written anew, times and ids differ here.
_END = 16 * 1024
SMALLEST_PART = 8 * 1024 * 1024


class Piece(msgspec.Struct, frozen=True):
    """A part of a source that is read by itself: bytes from `start` to `end`, or all of it."""

    source: Source
    start: int = 0
    end: int | None = None
    size: int = 0


def divided(sources: Sequence[Source], workers: int) -> list[list[Piece]]:
    """One list of pieces for each process, as many as are of use."""
    whole = [Piece(source, size=size_of(source)) for source in sources]
    if workers < 2:  # noqa: PLR2004
        return [whole]
    fair = -(-sum(piece.size for piece in whole) // workers)
    pieces = [part for piece in whole for part in _parts(piece, max(fair, SMALLEST_PART))]
    shares: list[list[Piece]] = [[] for _ in range(workers)]
    # Only this process can read standard input and the like, so that is in the first share.
    shares[0] += [piece for piece in pieces if not piece.source.is_shared]
    shared = [piece for piece in pieces if piece.source.is_shared]
    for piece in sorted(shared, key=lambda each: -each.size):
        min(shares, key=lambda share: sum(each.size for each in share)).append(piece)
    return [shares[0], *(share for share in shares[1:] if share)]


def worth_sharing(sources: Sequence[Source]) -> bool:
    """Whether several processes should count, if nobody said how many."""
    return sum(map(size_of, sources)) >= WORTH_SHARING


def size_of(source: Source) -> int:
    """Bytes of a source; 0 where that is not known, as of standard input."""
    try:
        return source.path.stat().st_size if source.path else source.size
    except OSError:
        return 0


def stamp_of(source: Source) -> str:
    """What differs where the content of a source does: its tag, or a checksum of its two ends."""
    if source.path is None:
        return source.tag
    try:
        with source.path.open("rb") as file:
            head = file.read(_END)
            file.seek(max(0, source.path.stat().st_size - _END))
            return f"{crc32(file.read(_END), crc32(head)):08x}"
    except OSError:
        return ""


def _parts(piece: Piece, fair: int) -> list[Piece]:
    """A file of lines in about equal parts, the largest first; anything else as it is."""
    count = -(-piece.size // fair) if fair and piece.source.path else 1
    if count < 2 or not _is_plain_lines(piece.source):  # noqa: PLR2004
        return [piece]
    cuts = [0, *_line_starts(piece, count), piece.size]
    return [
        Piece(piece.source, start, end, end - start) for start, end in pairwise(cuts) if end > start
    ]


def _is_plain_lines(source: Source) -> bool:
    try:
        with opened(source, None) as stream:
            # A stream that unpacks or recodes has no file of its own to seek in.
            plain = getattr(stream.raw, "name", None) == str(source.path)
            return plain and layout_of(stream.peek(HEAD)) is Layout.LINES
    except OSError:
        return False


def _line_starts(piece: Piece, count: int) -> list[int]:
    """Where the parts begin: the first lines that begin after each cut."""
    starts: list[int] = []
    if piece.source.path is None:
        return starts
    with piece.source.path.open("rb") as file:
        for index in range(1, count):
            file.seek(int(piece.size * (index + HEAD_START) / (count + HEAD_START)))
            while line := file.readline(HEAD):
                if line.endswith(b"\n"):
                    break
            starts.append(file.tell())
    return starts
