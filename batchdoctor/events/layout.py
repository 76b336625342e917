"""Tells how a log is laid out, by looking at its beginning: lines, whole documents, or a table."""

from __future__ import annotations

import re
from enum import Enum, auto

import msgspec

from batchdoctor.events.table_form import begins_table

# How much is looked at. A first line longer than this is taken for a document.
HEAD = 64 * 1024

_WRAPPER = re.compile(rb'\{\s*"(?:records|tables|value)"\s*:\s*\[')
_BLANK = b" \t\r\n\0"


class Layout(Enum):
    """Ways to lay out a log."""

    LINES = auto()
    """One JSON value a line."""
    DOCUMENTS = auto()
    """An array, a wrapper, or objects over several lines."""
    TABLE = auto()
    """Separated values with a line of column names."""


def layout_of(head: bytes) -> Layout:
    """Judge by the first bytes of a log. A single line may be called a document: both are read."""
    start = head.lstrip(_BLANK)
    first, _, rest = start.partition(b"\n")
    if not start.startswith((b"{", b"[")):
        return _unframed(first, rest)
    if rest and _is_whole(first):
        return Layout.LINES
    if start.startswith(b"["):
        return Layout.DOCUMENTS
    if _WRAPPER.match(start) or not rest:
        return Layout.DOCUMENTS
    # A first line that was cut off is followed by a whole one; an object over several lines is not.
    return Layout.LINES if _has_object(rest) else Layout.DOCUMENTS


def _unframed(first: bytes, rest: bytes) -> Layout:
    if begins_table(first, rest):
        return Layout.TABLE
    return Layout.LINES if _has_object(rest) or b"{" not in rest else Layout.DOCUMENTS


def _has_object(rest: bytes) -> bool:
    """Whether one of the next lines is an object by itself."""
    return any(_is_whole(line) for line in rest.split(b"\n")[:20] if line[:1] == b"{")


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object or a list by itself."""
    try:
        return isinstance(msgspec.json.decode(line.strip(_BLANK)), dict | list)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
