"""How a table is written: what stands between its cells, and which of its lines are no rows.

Spreadsheets say first what separates (`sep=;`), Markdown and SQL clients draw rules, and the tables
of `az -o table` have no separator but widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from batchdoctor.events.columns import delimiter_of, is_header

_SAYS_SEPARATOR = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_WIDTHS = re.compile(r"-{1,256}(?: {2}-{1,256})+\s*")
_WIDTH = re.compile(r"-+")
_HEAD = 64 * 1024


class Form(msgspec.Struct):
    """The line of a table's column names, the lines under it, and what separates their cells.

    `number` is that of the line of names, counted from one.
    """

    header: str
    lines: Iterator[str]
    delimiter: str
    number: int = 1


def begins_table(first: bytes, rest: bytes) -> bool:
    """Whether a text with this first line, and this after it, is a table of Batch events."""
    line = first[:_HEAD].decode("utf-8", "replace").lstrip("\ufeff")
    second = rest.partition(b"\n")[0][:_HEAD]
    if _SAYS_SEPARATOR.fullmatch(line):
        return is_header(second)
    if _WIDTHS.fullmatch(second.decode("utf-8", "replace")):
        return is_header("\t".join(line.split()).encode())
    return is_header(first)


def form_of(lines: Iterator[str]) -> Form:
    """Tell how a table is written, and give what is under its head."""
    header = next(lines, "").lstrip("\ufeff")
    if (told := _SAYS_SEPARATOR.fullmatch(header)) is not None:
        return Form(next(lines, ""), lines, told[1], 2)
    delimiter = delimiter_of(header)
    if delimiter == "|":
        return Form(_within(header), _without_rules(lines), delimiter)
    second = next(lines, "")
    if _WIDTHS.fullmatch(second):
        spans = [found.span() for found in _WIDTH.finditer(second)]
        return Form(_cut(header, spans), (_cut(line, spans) for line in lines), "\t", 2)
    return Form(header, chain([second] if second else [], lines), delimiter)


def _without_rules(lines: Iterator[str]) -> Iterator[str]:
    return (_within(line) for line in lines if not _RULE.fullmatch(line))


def _within(line: str) -> str:
    """A line without the border that some draw around it."""
    bare = line.strip()
    return bare[1:-1] if bare.startswith("|") and bare.endswith("|") else bare


def _cut(line: str, spans: list[tuple[int, int]]) -> str:
    """A line whose columns have widths, as one with tabs between them."""
    ends = [begin for begin, _ in spans[1:]]
    plain = line.rstrip("\r\n").replace("\t", " ").replace('"', "'")
    begins = [begin for begin, _ in spans]
    return "\t".join(
        plain[begin:end].strip() for begin, end in zip(begins, [*ends, None], strict=True)
    )
