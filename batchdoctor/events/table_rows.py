"""Reads the comma- or tab-separated table that the portal exports, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from io import BufferedReader

from batchdoctor.events.envelope import UnusableError

# A cell larger than this is an unclosed quote, not text that Batch wrote.
_LONGEST_CELL = 1024 * 1024
_LONGEST_LINE = 4 * _LONGEST_CELL


def rows(stream: BufferedReader) -> Iterator[tuple[int, dict[str, str] | UnusableError]]:
    """The rows under the line of column names, each with the number of its last line."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = (
        line.decode("utf-8", "replace")
        for line in iter(partial(stream.readline, _LONGEST_LINE), b"")
    )
    header = next(lines, "")
    columns = next(csv.reader([header], delimiter=_delimiter(header)), [])
    reader = csv.reader(lines, delimiter=_delimiter(header))
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num + 1, UnusableError("not a table row", str(error))
            continue
        if len(cells) == len(columns):
            yield reader.line_num + 1, dict(zip(columns, cells, strict=True))
        elif cells:
            reason = f"{len(cells)} cells under {len(columns)} column names"
            yield reader.line_num + 1, UnusableError("not a table row", reason)


def _delimiter(header: str) -> str:
    return "\t" if header.count("\t") > header.count(",") else ","
