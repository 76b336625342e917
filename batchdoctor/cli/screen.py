"""The alternate screen of a terminal: only lines that differ are written, and it is always left.

What stood on the terminal before, its scroll-back included, is there again afterwards.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TextIO

from batchdoctor.report.paint import width_of
from batchdoctor.report.terminal import MIN_WIDTH

# In, and a cursor that does not jump about; out, in the other order, and no style left on.
_ENTER = "\x1b[?1049h\x1b[?25l"
_LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l"
# Terminals that know of it show a frame at once; the others ignore it.
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_TOKEN = re.compile(r"\x1b\[[0-9;]*m|.", re.DOTALL)
_USUAL_SIZE = (80, 24)


class Screen:
    """Draws frames; `size` is columns and rows as they are now."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: list[str] = []
        self._drawn_at: tuple[int, int] | None = None
        self._inside = False

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except (OSError, io.UnsupportedOperation):
            return _USUAL_SIZE
        return max(size.columns, MIN_WIDTH), max(size.lines, 2)

    @property
    def resized(self) -> bool:
        """Whether its size is another than that of the last frame."""
        return self._drawn_at is not None and self._drawn_at != self.size

    def enter(self) -> None:
        """Begin; what is there now stays for later. Raises OSError."""
        self._inside = True
        self._shown = []
        self._write(_ENTER)

    def leave(self) -> None:
        """Give the terminal back as it was; may be called by a signal, and more than once."""
        if self._inside:
            self._inside = False
            with suppress(OSError):
                self._write(_LEAVE)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on it, as after it was left and entered again."""
        return not self._shown

    def draw(self, lines: Sequence[str], status: str) -> None:
        """Show lines from the top, as many as fit, and below them a line of ours. OSError.

        The last of the lines, which says what they come to, is shown in any case.
        """
        columns, rows = self.size
        folded = [row for line in lines for row in _rows_of(line, columns)]
        room = rows - 1
        if len(folded) > room:
            end = list(_rows_of(lines[-1], columns))[: room - 1]
            shown = max(room - 1 - len(end), 0)
            folded = [*folded[:shown], _more(folded[shown : -len(end)]), *end]
        frame = [*folded, *[""] * (room - len(folded)), next(_rows_of(status, columns), "")]
        if self._drawn_at != (columns, rows):
            self._shown, self._drawn_at = [], (columns, rows)
        told = [] if self._shown else ["\x1b[2J"]
        for index, line in enumerate(frame):
            if index >= len(self._shown) or self._shown[index] != line:
                told.append(f"\x1b[{index + 1};1H\x1b[0m{line}\x1b[0m\x1b[K")
        if told:
            self._write(f"{_BEGIN}{''.join(told)}{_END}")
        self._shown = frame

    def _write(self, text: str) -> None:
        """Write past all buffers, since a signal may come in the middle of one."""
        try:
            handle = self._stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self._stream.write(text)
            self._stream.flush()
            return
        data = text.encode(self._stream.encoding or "utf-8", "replace")
        while data:
            data = data[os.write(handle, data) :]


def _more(rows: Sequence[str]) -> str:
    new = sum(row.startswith("+ ") for row in rows)
    told = f", {new:,} of them new" if new else ""
    return f"... {len(rows):,} more lines{told}: make the terminal higher"


def _rows_of(line: str, columns: int) -> Iterator[str]:
    """A line as rows of a screen: nothing is cut, and styles stay around what they are of."""
    row, width = "", 0
    for token in _TOKEN.findall(line):
        size = 0 if token.startswith("\x1b") else width_of(token)
        if width + size > columns:
            yield row
            row, width = "", 0
        row += token
        width += size
    yield row
