"""Cuts a text into its JSON objects without reading it whole: arrays, wrappers, several in a row.

Brackets, commas and the wrappers `{"records": [` and `{"tables": [{"columns": ..., "rows": [` are
stepped over; every object between them is one piece. After damage the search goes on at the next
place that looks like the beginning of a record.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from io import BufferedIOBase
from json import JSONDecodeError, JSONDecoder
from typing import Any

import msgspec

from batchdoctor.events.envelope import UnusableError, column_names

# An object larger than this is no event, and is not held in memory to find its end.
LONGEST = 16 * 1024 * 1024
_CHUNK = 256 * 1024
# An error this close to the end of what was read may be cured by reading on.
_MARGIN = 16

_NOISE = re.compile(r"[\s,\[\]}\0\ufeff]*")
_ROW_NOISE = re.compile(r"[\s,\0]*")
_WRAPPER = re.compile(r'\{\s*"(?:records|tables|value)"\s*:\s*\[')
_TABLE = re.compile(r'\{\s*(?:"name"\s*:\s*"[^"\\]{0,200}"\s*,\s*)?"columns"\s*:\s*')
_ROWS = re.compile(r'\s*,\s*"rows"\s*:\s*\[')
_WRAPPER_HEAD = 64
_BEGINNING = re.compile(
    r'(?<=\n)\{|\{\s*"(?:time|[Tt]enant(?:Id)?|TimeGenerated|operationName|OperationName|category'
    r'|resourceId|jobId|id|taskName|records|tables)"'
)


class Piece(msgspec.Struct, frozen=True):
    """One JSON object as text, or a row of a table with its columns; or what was in its place."""

    offset: int
    line: int
    text: str = ""
    columns: tuple[str, ...] = ()
    damage: UnusableError | None = None


class Scanner:
    """Reads a stream of UTF-8 once, from where it stands, and yields its pieces."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._placed_at = 0
        self._offset = 0
        self._line = 1
        self._ended = False
        self._broken: Exception | None = None
        self._columns: tuple[str, ...] = ()
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")
        self._find_end = JSONDecoder(parse_int=_ignored, parse_float=_ignored).raw_decode

    def pieces(self) -> Iterator[Piece]:
        """Every object up to the end of the stream; raises what the stream raises, after them."""
        yield from self._pieces()
        if self._broken is not None:
            raise self._broken

    def _pieces(self) -> Iterator[Piece]:
        while self._step_over_noise():
            if self._columns:
                if self._text[self._at] == "[":
                    yield self._piece()
                    continue
                self._columns = ()
            if self._text[self._at] != "{":
                yield self._damaged(UnusableError("not JSON", "text between the objects"))
            elif not self._enter_wrapper() and not self._enter_table():
                yield self._piece()

    def _step_over_noise(self) -> bool:
        """Go to the next character that matters; False at the end."""
        while True:
            self._at = self._next_of_interest()
            if self._at < len(self._text):
                self._need(_WRAPPER_HEAD)
                return True
            if not self._read_more():
                return False

    def _next_of_interest(self) -> int:
        if not self._columns:
            return _match_end(_NOISE, self._text, self._at)
        at = _match_end(_ROW_NOISE, self._text, self._at)
        if self._text[at : at + 1] == "]":
            self._columns = ()
            return _match_end(_NOISE, self._text, at)
        return at

    def _enter_wrapper(self) -> bool:
        found = _WRAPPER.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found is not None

    def _enter_table(self) -> bool:
        if not _TABLE.match(self._text, self._at):
            return False
        self._need(_CHUNK)
        head = _TABLE.match(self._text, self._at)
        if head is None:
            return False
        try:
            columns, end = JSONDecoder().raw_decode(self._text, head.end())
        except (JSONDecodeError, RecursionError):
            return False
        rows = _ROWS.match(self._text, end)
        if rows is None:
            return False
        self._columns = tuple(column_names(columns)) or ("",)
        self._at = rows.end()
        return True

    def _piece(self) -> Piece:
        """The object or row that begins here; reads on until its end is found."""
        while True:
            try:
                _, end = self._find_end(self._text, self._at)
            except JSONDecodeError as error:
                unfinished = error.pos >= len(self._text) - _MARGIN or "Untermin" in error.msg
                if unfinished and len(self._text) - self._at < LONGEST and self._read_more():
                    continue
                kind = "cut off" if unfinished and self._ended else "not JSON"
                return self._damaged(UnusableError(kind, error.msg), error.pos)
            except RecursionError:
                reason = "objects inside objects without end"
                return self._damaged(UnusableError("nested too deeply", reason), self._at + 1)
            found = Piece(*self._place(), self._text[self._at : end], self._columns)
            self._at = end
            return found

    def _damaged(self, damage: UnusableError, from_at: int | None = None) -> Piece:
        offset, line = self._place()
        self._seek_beginning(max(from_at or 0, self._at + 1))
        return Piece(offset, line, damage=damage)

    def _seek_beginning(self, at: int) -> None:
        self._columns = ()
        while True:
            found = _BEGINNING.search(self._text, at)
            if found:
                self._at = found.start()
                return
            self._at = at = max(at, len(self._text) - _WRAPPER_HEAD)
            if not self._read_more():
                self._at = len(self._text)
                return
            at = self._at

    def _place(self) -> tuple[int, int]:
        """Byte offset and line of where we are; each character is counted once."""
        passed = self._text[self._placed_at : self._at]
        self._offset += len(passed if passed.isascii() else _encoded(passed))
        self._line += passed.count("\n")
        self._placed_at = self._at
        return self._offset, self._line

    def _need(self, characters: int) -> None:
        while len(self._text) - self._at < characters and self._read_more():
            pass

    def _read_more(self) -> bool:
        """Append at least as much as is held, so that reading a long object stays linear."""
        if self._ended:
            return False
        self._drop()
        block = b"".join(self._pieces_of(max(_CHUNK, len(self._text))))
        self._ended = not block
        self._text += self._decoder.decode(block, self._ended)
        return True

    def _pieces_of(self, wanted: int) -> Iterator[bytes]:
        """Read so many bytes; an error waits until what came before it has been used."""
        while wanted > 0 and self._broken is None:
            try:
                piece = self._stream.read1(wanted)
            except (OSError, EOFError) as error:
                self._broken = error
                return
            if not piece:
                return
            wanted -= len(piece)
            yield piece

    def _drop(self) -> None:
        self._place()
        self._text = self._text[self._at :]
        self._at = self._placed_at = 0


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _encoded(passed: str) -> bytes:
    return passed.encode("utf-8", "surrogateescape")


def _ignored(_: str) -> Any:
    """Stands for any number: only the end of an object is looked for, never its value."""
    return None
