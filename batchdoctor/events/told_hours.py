"""Reads what a log tells of node hours: most lines at the speed of the decoder."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

import msgspec

from batchdoctor.core.cost.log_hours import QUICK_EVENTS, LogHours
from batchdoctor.core.cost.told import Told
from batchdoctor.core.log.event import Event
from batchdoctor.events.blocks import Block, blocks
from batchdoctor.events.entries import Entry, entries, entries_of_line
from batchdoctor.events.foreign import foreign
from batchdoctor.events.layout import HEAD, Layout, layout_of

_DECODER = msgspec.json.Decoder(Told)
_NOT_QUICK = (msgspec.MsgspecError, UnicodeError, RecursionError)


def fold_hours(stream: BufferedReader, name: str, hours: LogHours) -> Iterator[None]:
    """Take notice of every event of one opened log; what is none is passed over.

    Yields after each part of it.
    """
    head = stream.peek(HEAD)
    if foreign(head) is None and layout_of(head) is Layout.LINES:
        for block in blocks(stream):
            _fold_block(block, name, hours)
            yield
    else:
        for entry in entries(stream, name):
            _fold_entry(entry, hours)
            yield


def _fold_block(block: Block, name: str, hours: LogHours) -> None:
    if block.overlong:
        return
    try:
        at_once = _DECODER.decode_lines(block.data)
    except _NOT_QUICK:
        at_once = []
    if len(at_once) == block.count and all(map(_is_quick, at_once)):
        for told in at_once:
            hours.add(told)
        return
    for told_or_line in _lines(block):
        if isinstance(told_or_line, Told):
            hours.add(told_or_line)
        else:
            for entry in entries_of_line(told_or_line, name, 0, 0):
                _fold_entry(entry, hours)


def _lines(block: Block) -> Iterator[Told | bytes]:
    """Each line decoded, or as it is if it has to be read with patience."""
    for line in block.lines:
        try:
            told = _DECODER.decode(line)
        except _NOT_QUICK:
            yield line
        else:
            yield told if _is_quick(told) else line


def _is_quick(told: Told) -> bool:
    """Whether the few fields that were decoded tell all that matters."""
    body = told.properties
    if told.operation_name not in QUICK_EVENTS or not (body.job_id and body.id):
        return False
    return told.time is not None and not (body.execution_info and body.execution_info.is_unclear)


def _fold_entry(entry: Entry, hours: LogHours) -> None:
    if isinstance(entry, Event):
        hours.add_event(entry)
