"""Counts a log of lines at the speed of its decoder, and leaves all others to `entries`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from operator import length_hint
from typing import TYPE_CHECKING, Any

import msgspec

from batchdoctor.core.damage import Place
from batchdoctor.core.event import LogRecord
from batchdoctor.core.tally import NotDecidedError, Tally
from batchdoctor.events.blocks import Block, blocks
from batchdoctor.events.entries import (
    Entry,
    entries,
    entries_of_block,
    entries_of_line,
    entries_of_piece,
    overlong,
    pieces,
)
from batchdoctor.events.layout import HEAD, Layout, layout_of
from batchdoctor.events.selection import Selection

if TYPE_CHECKING:
    from batchdoctor.events.scanner import Piece

# Lines of a whole block are decoded in one call: that is a third quicker than one by one.
_DECODER = msgspec.json.Decoder(LogRecord)
_DECODE, _DECODE_LINES = _DECODER.decode, _DECODER.decode_lines

# Everything that a line can do to the decoder; each such line is then read with patience.
_NOT_QUICK = (msgspec.MsgspecError, UnicodeError, RecursionError, NotDecidedError)


def count(stream: BufferedReader, name: str, tally: Tally, selection: Selection) -> None:
    """Fold what is asked for of a whole log into a tally."""
    layout = layout_of(stream.peek(HEAD))
    if layout is Layout.LINES:
        count_lines(blocks(stream), name, tally, selection)
    elif layout is Layout.DOCUMENTS:
        for piece in pieces(stream):
            if not _is_counted(piece, tally, selection):
                for entry in entries_of_piece(piece, name):
                    count_entry(entry, tally, selection)
    else:
        for entry in entries(stream, name):
            count_entry(entry, tally, selection)


def _is_counted(piece: Piece, tally: Tally, selection: Selection) -> bool:
    """Fold a piece that is a record into a tally; False if it has to be looked at with patience."""
    if piece.damage is not None or piece.columns or selection.needs_whole_events:
        return False
    try:
        record = _DECODE(piece.text)
        if selection.takes_record(record):
            tally.add_all((record,))
            tally.attempts.settle(1)
    except _NOT_QUICK:
        return False
    return True


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
