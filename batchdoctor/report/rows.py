"""Rows of items as they arrive: one line each where they fit the terminal, else two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from batchdoctor.core.text.gate import shown
from batchdoctor.report.document import ItemT
from batchdoctor.report.page import Column, Tone
from batchdoctor.report.paint import Painter, width_of

# Rows that are measured before the first one is printed; later ones keep these widths.
MEASURED_ROWS = 200
GAP = "  "
_INDENT = GAP * 2


def row_lines(
    columns: Sequence[Column[ItemT]],
    items: Iterator[ItemT],
    painter: Painter,
    measured_rows: int = MEASURED_ROWS,
) -> Iterator[str]:
    """Lines of a table of items, a line of titles first; nothing when there are no items.

    No cell is ever cut. A row that is wider than the terminal has its lead columns on one line and
    the others on the next; a line that is still too wide is aligned less.
    """
    cells = ([shown(column.text_of(item)) for column in columns] for item in items)
    measured = list(islice(cells, measured_rows))
    if not measured:
        return
    titles = [column.title for column in columns]
    widths = [max(map(width_of, column)) for column in zip(titles, *measured, strict=True)]
    room = painter.terminal.width
    lines = _lines_of_a_row(columns, widths, room)
    for part in lines:
        yield painter.styled(_joined(columns, titles, widths, part, room), Tone.QUIET)
    for row in chain(measured, cells):
        for part in lines:
            # A second line that tells nothing is left out.
            if part[0] == 0 or any(row[index] for index in part):
                yield _joined(columns, row, widths, part, room, painter)


def _lines_of_a_row(
    columns: Sequence[Column[Any]], widths: Sequence[int], room: int
) -> list[list[int]]:
    """Which columns stand on which line."""
    everything = list(range(len(columns)))
    if sum(widths) + len(GAP) * (len(widths) - 1) <= room:
        return [everything]
    lead = [index for index in everything if columns[index].lead]
    rest = [index for index in everything if not columns[index].lead]
    return [part for part in (lead, rest) if part]


def _joined(
    columns: Sequence[Column[Any]],
    cells: Sequence[str],
    widths: Sequence[int],
    part: Sequence[int],
    room: int,
    painter: Painter | None = None,
) -> str:
    indent = "" if part[0] == 0 else _INDENT
    blanks = {index: max(widths[index] - width_of(cells[index]), 0) for index in part}
    if not columns[part[-1]].right:
        blanks[part[-1]] = 0
    taken = sum(width_of(cells[index]) for index in part) + len(GAP) * (len(part) - 1)
    _take_blanks(blanks, len(indent) + taken + sum(blanks.values()) - room)
    texts = []
    for index in part:
        column, cell, space = columns[index], cells[index], " " * blanks[index]
        if painter and column.tone_of:
            cell = painter.styled(cell, column.tone_of(cell))
        texts.append(space + cell if column.right else cell + space)
    return indent + GAP.join(texts).rstrip()


def _take_blanks(blanks: dict[int, int], lacking: int) -> None:
    """Take the blanks that a line lacks where there are most; none if that would not suffice."""
    if lacking <= sum(blanks.values()):
        for _ in range(lacking):
            blanks[max(blanks, key=blanks.__getitem__)] -= 1
