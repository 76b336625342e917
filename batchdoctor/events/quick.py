"""Counts a log of lines at the speed of its decoder, and leaves all others to `entries`."""

from __future__ import annotations

from functools import partial
from io import BufferedReader

import msgspec

from batchdoctor.core.damage import Place
from batchdoctor.core.event import LogRecord
from batchdoctor.core.tally import NotDecidedError, Tally
from batchdoctor.events.entries import LONGEST_LINE, entries, entries_of_line
from batchdoctor.events.layout import HEAD, Layout, layout_of

# Everything that a line can do to the decoder; each such line is then read with patience.
_NOT_QUICK = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, NotDecidedError)


def count(stream: BufferedReader, name: str, tally: Tally) -> None:
    """Fold a whole log into a tally."""
    if layout_of(stream.peek(HEAD)) is Layout.LINES:
        count_lines(stream, name, tally)
        return
    for entry in entries(stream, name):
        if isinstance(entry, Place):
            tally.damage.add(entry)
        else:
            tally.add(entry)


def count_lines(stream: BufferedReader, name: str, tally: Tally) -> None:
    """Fold a log of lines into a tally."""
    decode, add = msgspec.json.Decoder(LogRecord).decode, tally.add
    offset = 0
    for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE), b""), 1):
        try:
            add(decode(line))
        except _NOT_QUICK:
            for entry in entries_of_line(line, stream, name, offset, number):
                if isinstance(entry, Place):
                    tally.damage.add(entry)
                else:
                    add(entry)
        offset += len(line)
