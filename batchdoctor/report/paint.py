"""Colours, widths, folded lines and grids for one terminal; the one module that knows rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from batchdoctor.report.hyperlinks import linked
from batchdoctor.report.page import Tone
from batchdoctor.report.terminal import Terminal

_STYLES = {
    Tone.BAD: Style(color="red", bold=True),
    Tone.WARN: Style(color="yellow"),
    Tone.GOOD: Style(color="green"),
    Tone.PLAIN: Style.null(),
    Tone.QUIET: Style(dim=True),
    Tone.HEADING: Style(bold=True),
    Tone.COMMAND: Style(color="cyan"),
}


def width_of(text: str) -> int:
    """Count the columns that `text` takes on a terminal."""
    return cell_len(text)


def fold(text: str, room: int) -> Iterator[str]:
    """Lines of at most `room` columns, broken between words; a longer word is a line of its own."""
    line = ""
    for word in text.split(" "):
        if line and width_of(line) + 1 + width_of(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and the tone it is shown in."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of a grid: where its text stands, and whether it may be folded to fit."""

    right: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws for one terminal. Text must have been made visible before it comes here."""

    terminal: Terminal
    _console: Console = field(init=False)

    def __post_init__(self) -> None:
        colour = self.terminal.colour
        console = Console(
            file=StringIO(),
            width=self.terminal.width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )
        object.__setattr__(self, "_console", console)

    def styled(self, text: str, tone: Tone) -> str:
        """`text` in the colours of `tone`, or as it is where no colour is wanted."""
        return _STYLES[tone].render(text) if self.terminal.colour else text

    def linked(self, text: str, address: str) -> str:
        """`text`, which leads to an address where the terminal knows of links."""
        return linked(text, address) if self.terminal.links else text

    def bar(self, share: float, width: int) -> str:
        """A bar of `width` columns that is filled by a share from 0 to 1."""
        if not self.terminal.unicode:
            filled = round(share * width)
            return "#" * filled + "." * (width - filled)
        from rich.progress_bar import ProgressBar  # which no page has

        with self._console.capture() as captured:
            self._console.print(ProgressBar(total=1.0, completed=share, width=width), end="")
        return captured.get()

    def grid(self, columns: Sequence[GridColumn], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
        """Lines of a table without borders, its columns aligned and two blanks apart."""
        table = Table.grid(padding=(0, 2))
        for column in columns:
            table.add_column(
                justify="right" if column.right else "left",
                no_wrap=not column.folds,
                overflow="fold" if column.folds else "ignore",
            )
        for row in rows:
            table.add_row(*(Text(cell.text, style=_STYLES[cell.tone]) for cell in row))
        with self._console.capture() as captured:
            self._console.print(table)
        for line in captured.get().splitlines():
            yield line.rstrip()
