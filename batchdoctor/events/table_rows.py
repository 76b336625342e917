"""Reads a table of events as the portal exports it and people save it again, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import partial
from io import BufferedReader
from itertools import chain, islice
from typing import Any

from batchdoctor.core.log.assumed import Assumed
from batchdoctor.events.columns import Columns, columns_of
from batchdoctor.events.envelope import UnusableError, carries
from batchdoctor.events.local_times import (
    DateOrder,
    by_clock,
    is_ambiguous,
    local_moment,
    padded,
    told_order,
)
from batchdoctor.events.table_form import form_of

# A cell larger than this is an unclosed quote, not text that Batch wrote.
_LONGEST_CELL = 1024 * 1024
_LONGEST_LINE = 4 * _LONGEST_CELL
# A whole number as spreadsheets of most of Europe write one that has decimals.
_COMMA_DECIMALS = re.compile(r"(-?\d{1,20}),0{1,9}")
# So many rows are looked at to tell day from month: a whole export of the portal has 30,000.
LOOKED_AT = 100_000


Row = dict[str, Any]
Found = tuple[int, Row | UnusableError | Assumed]


def rows(stream: BufferedReader) -> Iterator[Found]:
    """The rows under the line of column names, each with the number of its last line.

    They have an operation name, and times that can be read in one way only. What had to be assumed
    of the whole table comes before its rows.
    """
    csv.field_size_limit(_LONGEST_CELL)
    lines = (
        line.decode("utf-8", "replace")
        for line in iter(partial(stream.readline, _LONGEST_LINE), b"")
    )
    form = form_of(lines)
    names = next(csv.reader([form.header.lstrip("\ufeff")], delimiter=form.delimiter), [])
    columns = columns_of(tuple(names))
    if columns.missing is not None and not carries(columns.names):
        yield 1, _without(columns.missing)
        return
    if columns.zoned:
        text = f"the zone of {columns.zoned[0]} is not known, and was taken for UTC"
        yield 1, Assumed(text)
    reader = csv.reader(form.lines, delimiter=form.delimiter)
    found = _cells(reader, columns, names, form.number)
    first = list(islice(found, LOOKED_AT)) if columns.times else []
    order, doubtful = _order(first, columns)
    if doubtful is not None and order is not None:
        text = f"dates such as {doubtful} were taken for {order.value}"
        yield 1, Assumed(text)
    for number, row in chain(first, found):
        yield number, row if isinstance(row, UnusableError) else _finished(row, columns, order)


def _without(column: str) -> UnusableError:
    return UnusableError(
        "table without a column",
        f"a table whose column {column} is missing",
        hint=f"add {column} to `project`, or take the query of: batchdoctor events parse --kql",
    )


def _cells(
    reader: Any, columns: Columns, header: list[str], above: int
) -> Iterator[tuple[int, Row | UnusableError]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num + above, UnusableError("not a table row", str(error))
            continue
        # Tables that were put one after the other have the names of their columns again.
        if cells and cells[1:] == header[1:] and cells[0].lstrip("\ufeff") == header[0]:
            continue
        # Spreadsheets leave out, or add, empty cells at the end of a row.
        while len(cells) > len(columns.names) and not cells[-1].strip():
            cells.pop()
        if len(cells) == len(columns.names):
            values = map(str.strip, cells)
            yield reader.line_num + above, dict(zip(columns.names, values, strict=True))
        elif cells:
            reason = f"{len(cells)} cells under {len(columns.names)} column names"
            yield reader.line_num + above, UnusableError("not a table row", reason)


def _order(
    found: list[tuple[int, Row | UnusableError]], columns: Columns
) -> tuple[DateOrder | None, str | None]:
    """What comes first in the dates of a table; and a date that does not tell, if none does."""
    doubtful: list[str] = []
    usual: tuple[DateOrder | None, str | None] = None, None
    for _, row in found:
        if isinstance(row, UnusableError):
            continue
        for name in columns.times:
            text = row.get(name) or ""
            if (order := told_order(text)) is not None:
                return order, None
            if is_ambiguous(text):
                doubtful.append(text)
            elif usual[0] is None and (order := by_clock(text)) is not None:
                usual = order, text
    if not doubtful:
        return usual
    # Where the month comes first numbers are seldom filled up with zeros.
    day_first = any(map(padded, doubtful))
    return (DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST), doubtful[0]


def _finished(row: Row, columns: Columns, order: DateOrder | None) -> Row | UnusableError:
    """A row with its times and numbers as a machine writes them."""
    for name in columns.times:
        moment = local_moment(row.get(name) or "", order)
        if moment is not None:
            row[name] = moment.isoformat()
    for name in columns.names:
        if name.endswith("_d") and (whole := _COMMA_DECIMALS.fullmatch(row.get(name) or "")):
            row[name] = whole[1]
    return row
