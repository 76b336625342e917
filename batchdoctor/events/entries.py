"""The entries of one opened log: every event in it, and every piece that is none, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BufferedIOBase, BufferedReader, BytesIO
from typing import TYPE_CHECKING

from batchdoctor.core.log.assumed import Assumed
from batchdoctor.core.log.damage import Place
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.tally import Tally
from batchdoctor.events.blocks import LONGEST_LINE, Block, blocks
from batchdoctor.events.decode import bare, decode
from batchdoctor.events.envelope import UnusableError, events_of, row_of
from batchdoctor.events.foreign import foreign
from batchdoctor.events.layout import HEAD, Layout, layout_of
from batchdoctor.events.selection import Selection
from batchdoctor.events.table_rows import rows

if TYPE_CHECKING:
    from batchdoctor.events.scanner import Piece

# No event is as short as this.
_SHORT = 32

Entry = Event | Place | Assumed


def entries(stream: BufferedReader, name: str) -> Iterator[Entry]:
    """Read a log of any layout; `name` is what its places are called. Never raises for content."""
    head = stream.peek(HEAD)
    if (refusal := foreign(head)) is not None:
        return iter((_damage(refusal, name, 0, 1),))
    layout = layout_of(head)
    if layout is Layout.LINES:
        return _in_lines(stream, name)
    if layout is Layout.TABLE:
        return _in_table(stream, name)
    return _in_documents(stream, name)


def counted(found: Iterator[Entry], selection: Selection, tally: Tally) -> Iterator[Event]:
    """The events among entries that were asked for, each after counting it; damage is counted."""
    for entry in found:
        if isinstance(entry, Place):
            tally.damage.add(entry)
        elif isinstance(entry, Assumed):
            tally.assumed.add(entry.text)
        elif selection.takes(entry):
            tally.add(entry)
            tally.attempts.settle(1)
            yield entry
        else:
            tally.left_out = True
            if entry.time is None and selection.limits_time:
                tally.untimed.leave_out(entry.unread_time)


def entries_of_line(line: bytes, name: str, offset: int, number: int) -> Iterator[Entry]:
    """What is in one line: an event, several, none, or damage."""
    piece = bare(line)
    if not piece:
        if b"\0" in line:
            yield Place(name, offset, number, "zeros", "a hole of zero bytes")
        return
    if len(piece) <= _SHORT and (known := _told_of_short(piece)) is not None:
        yield _damage(known, name, offset, number)
        return
    try:
        yield from _placed(events_of(decode(piece)), name, offset, number)
    except UnusableError as error:
        if error.kind == "trailing text" and piece.startswith((b"{", b"[")):
            for inner in pieces(BytesIO(piece)):
                yield from entries_of_piece(inner, name, offset, number)
        elif behind := _behind_a_prefix(piece, name, offset, number):
            yield from behind
        else:
            yield _damage(error, name, offset, number)


def _behind_a_prefix(piece: bytes, name: str, offset: int, number: int) -> list[Entry]:
    """The events of a line behind what a collector wrote before them; empty if there are none."""
    begin = piece.find(b'{"')
    if begin <= 0:
        return []
    rest = pieces(BytesIO(piece[begin:]))
    found = [each for part in rest for each in entries_of_piece(part, name, offset, number)]
    return [each for each in found if isinstance(each, Event)]


@lru_cache(maxsize=256)
def _told_of_short(piece: bytes) -> UnusableError | None:
    """What a line is that is too short for an event; None if that has to be looked at closely.

    A stray file may have very many such lines, and they are often the same.
    """
    if b"{" in piece:
        return None
    try:
        found = list(events_of(decode(piece)))
    except UnusableError as error:
        return error if error.kind != "trailing text" else None
    single = found[0] if len(found) == 1 else None
    return single if isinstance(single, UnusableError) else None


def entries_of_block(block: Block, name: str) -> Iterator[Entry]:
    """What is in the lines of one block."""
    if block.overlong:
        yield overlong(block, name)
    offset = block.offset
    for number, line in enumerate(block.lines, block.number):
        yield from entries_of_line(line, name, offset, number)
        offset += len(line) + 1


def overlong(block: Block, name: str) -> Place:
    """The damage that a line too long to be read is."""
    reason = f"more than {LONGEST_LINE:,} bytes without an end of line"
    return Place(name, block.offset, block.number, "line too long", reason)


def _in_lines(stream: BufferedReader, name: str) -> Iterator[Entry]:
    for block in blocks(stream):
        yield from entries_of_block(block, name)


def _in_documents(stream: BufferedReader, name: str) -> Iterator[Entry]:
    for piece in pieces(stream):
        yield from entries_of_piece(piece, name)


def pieces(stream: BufferedIOBase) -> Iterator[Piece]:
    """The pieces of documents."""
    # Most logs are lines and need none of this, nor the module for tables below.
    from batchdoctor.events.scanner import Scanner

    return Scanner(stream).pieces()


def entries_of_piece(piece: Piece, name: str, offset: int = 0, number: int = 1) -> Iterator[Entry]:
    """What is in one piece of a document that begins at that byte, in that line."""
    place = (name, offset + piece.offset, number + piece.line - 1)
    if piece.damage is not None:
        yield Place(*place, piece.damage.kind, piece.damage.reason)
        return
    try:
        yield from _placed(_events_of_piece(piece.text, piece.columns), *place)
    except UnusableError as error:
        yield _damage(error, *place)


def _events_of_piece(text: str, columns: Sequence[str]) -> Iterator[Event | UnusableError]:
    try:
        value = decode(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise UnusableError("not UTF-8", "bytes that are no UTF-8 text") from None
    return events_of(row_of(columns, value) if columns else value)


def _in_table(stream: BufferedReader, name: str) -> Iterator[Entry]:
    for number, row in rows(stream):
        try:
            if isinstance(row, UnusableError):
                raise row
            if isinstance(row, Assumed):
                yield row
            else:
                yield from _placed(events_of(row), name, 0, number)
        except UnusableError as error:
            yield _damage(error, name, 0, number)


def _placed(
    found: Iterator[Event | UnusableError], name: str, offset: int, number: int
) -> Iterator[Entry]:
    for event in found:
        if isinstance(event, UnusableError):
            yield _damage(event, name, offset, number)
        else:
            yield event


def _damage(error: UnusableError, name: str, offset: int, number: int) -> Place:
    return Place(name, offset, number, error.kind, error.reason, error.hint)
