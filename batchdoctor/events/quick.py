"""Counts a log of lines at the speed of its decoder, and leaves all others to `entries`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from operator import length_hint
from typing import Any

import msgspec

from batchdoctor.core.damage import Place
from batchdoctor.core.event import LogRecord
from batchdoctor.core.tally import NotDecidedError, Tally
from batchdoctor.events.blocks import Block, blocks
from batchdoctor.events.entries import Entry, entries, entries_of_block, entries_of_line, overlong
from batchdoctor.events.layout import HEAD, Layout, layout_of
from batchdoctor.events.selection import Selection

# Lines of a whole block are decoded in one call: that is a third quicker than one by one.
_DECODER = msgspec.json.Decoder(LogRecord)
_DECODE, _DECODE_LINES = _DECODER.decode, _DECODER.decode_lines

# Everything that a line can do to the decoder; each such line is then read with patience.
_NOT_QUICK = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, NotDecidedError)


def count(stream: BufferedReader, name: str, tally: Tally, selection: Selection) -> None:
    """Fold what is asked for of a whole log into a tally."""
    if layout_of(stream.peek(HEAD)) is Layout.LINES:
        count_lines(blocks(stream), name, tally, selection)
    else:
        for entry in entries(stream, name):
            count_entry(entry, tally, selection)


def count_entry(entry: Entry, tally: Tally, selection: Selection) -> None:
    """Fold one entry into a tally, if it is asked for; damage always is."""
    if isinstance(entry, Place):
        tally.damage.add(entry)
    elif selection.takes(entry):
        tally.add(entry)
        tally.attempts.settle(1)


def count_lines(found: Iterator[Block], name: str, tally: Tally, selection: Selection) -> int:
    """Fold what is asked for of a log of lines into a tally; how many lines there were."""
    total = 0
    for block in found:
        if block.overlong:
            tally.damage.add(overlong(block, name))
        elif selection.needs_whole_events:
            for entry in entries_of_block(block, name):
                count_entry(entry, tally, selection)
        else:
            _count_block(block, name, tally, selection)
        tally.attempts.settle(block.count)
        total += block.count
    return total


def _count_block(block: Block, name: str, tally: Tally, selection: Selection) -> None:
    try:
        at_once = _DECODE_LINES(block.data)
    except _NOT_QUICK:
        at_once = []
    lines: list[bytes] = []
    if len(at_once) == block.count:
        position: Iterator[Any] = iter(at_once)
        records: Iterator[LogRecord] = position
    else:
        lines = block.lines
        position = iter(lines)
        records = map(_DECODE, position)
    if not selection.everything:
        records = filter(selection.takes_record, records)
    while True:
        try:
            tally.add_all(records)
            return
        except _NOT_QUICK:
            lines = lines or block.lines
            # The iterator stands behind the line that did it, and goes on after it.
            index = block.count - length_hint(position) - 1
            offset = block.offset + sum(map(len, lines[:index])) + index
            for entry in entries_of_line(lines[index], name, offset, block.number + index):
                count_entry(entry, tally, selection)
