"""Counts a log at the speed of its decoder, and reads with patience only what needs it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from operator import length_hint
from typing import TYPE_CHECKING, Any

import msgspec

from batchdoctor.core.log.event import Event, LogRecord
from batchdoctor.core.log.tally import NotDecidedError, Tally
from batchdoctor.events.blocks import Block, blocks
from batchdoctor.events.entries import (
    counted,
    entries,
    entries_of_block,
    entries_of_line,
    entries_of_piece,
    overlong,
    pieces,
)
from batchdoctor.events.foreign import foreign
from batchdoctor.events.layout import HEAD, Layout, layout_of
from batchdoctor.events.selection import Selection

if TYPE_CHECKING:
    from batchdoctor.events.compiled.pairs import Left, PairCount
    from batchdoctor.events.scanner import Piece

# Lines of a whole block are decoded in one call: that is a third quicker than one by one.
_DECODER = msgspec.json.Decoder(LogRecord)
_DECODE, _DECODE_LINES = _DECODER.decode, _DECODER.decode_lines

# A line of a block: its index, and where it begins and ends.
Line = tuple[int, int, int]

# Everything that a line can do to the decoder; each such line is then read with patience.
_NOT_QUICK = (msgspec.MsgspecError, UnicodeError, RecursionError, NotDecidedError)


class QuickCount:
    """Folds what is asked for of one log into a tally.

    Each method yields the events that were read with patience, after counting them: all whose
    record is `wanted`, and some others. They have to be consumed for the rest to be counted.
    `pairs` counts what it can, of the same selection and wish, and has to be told to give it.
    """

    def __init__(
        self,
        name: str,
        tally: Tally,
        selection: Selection,
        wanted: Callable[[LogRecord], bool] | None = None,
        pairs: PairCount | None = None,
    ) -> None:
        self._name = name
        self._tally = tally
        self._selection = selection
        self._wanted = wanted
        self._takes_all = selection.everything and wanted is None
        self._pairs = pairs

    def stream(self, stream: BufferedReader) -> Iterator[Event]:
        """Count a whole log."""
        head = stream.peek(HEAD)
        layout = layout_of(head)
        if foreign(head) is None and layout is Layout.LINES:
            for block in blocks(stream):
                yield from self.block(block)
        elif foreign(head) is None and layout is Layout.DOCUMENTS:
            for piece in pieces(stream):
                if not self._is_counted(piece):
                    found = entries_of_piece(piece, self._name)
                    yield from counted(found, self._selection, self._tally)
        else:
            yield from counted(entries(stream, self._name), self._selection, self._tally)

    def block(self, block: Block) -> Iterator[Event]:
        """Count the lines of one block."""
        if block.overlong:
            self._tally.damage.add(overlong(block, self._name))
        elif self._selection.needs_whole_events:
            found = entries_of_block(block, self._name)
            yield from counted(found, self._selection, self._tally)
        else:
            yield from self._lines(block)

    def _lines(self, block: Block) -> Iterator[Event]:
        left = self._pairs.count(block) if self._pairs else None
        if left is None or (left and len(left) == block.count):
            yield from self._all_lines(block)
            self._tally.attempts.settle(block.count)
        elif left:
            yield from self._left_lines(block, left)
            self._tally.attempts.settle(len(left))

    def _all_lines(self, block: Block) -> Iterator[Event]:
        try:
            at_once = _DECODE_LINES(block.data)
        except _NOT_QUICK:
            at_once = []
        lines: list[bytes] = []
        if len(at_once) == block.count:
            position: Iterator[Any] = iter(at_once)
            records: Iterator[LogRecord] = position
        elif not bytes(block.data).strip():
            return iter(())
        else:
            lines = block.lines
            position = iter(lines)
            records = map(_DECODE, position)

        passed = passed_bytes = 0

        def place() -> Line:
            nonlocal lines, passed, passed_bytes
            lines = lines or block.lines
            index = block.count - length_hint(position) - 1
            # Each line is counted once, however many of them come here.
            passed_bytes += sum(map(len, lines[passed:index])) + index - passed
            passed = index
            return index, passed_bytes, passed_bytes + len(lines[index])

        return self._fold(block, records, place)

    def _left_lines(self, block: Block, left: Sequence[Left]) -> Iterator[Event]:
        def decoded(line: Left) -> LogRecord:
            _, start, end, _ = line
            return _DECODE(block.data[start:end])

        position = iter(left)
        records = map(decoded, position)
        return self._fold(block, records, lambda: left[len(left) - length_hint(position) - 1][:3])

    def _fold(
        self, block: Block, records: Iterator[LogRecord], place: Callable[[], Line]
    ) -> Iterator[Event]:
        """Count records; `place` tells of the line that the last of them was in."""
        wanted = records if self._takes_all else filter(self._takes, records)
        while True:
            try:
                self._tally.add_all(wanted)
                return
            except _NOT_QUICK:
                # The iterator stands behind the line that did it, and goes on after it.
                index, start, end = place()
                line = bytes(block.data[start:end])
                found = entries_of_line(
                    line, self._name, block.offset + start, block.number + index
                )
                yield from counted(found, self._selection, self._tally)

    def _is_counted(self, piece: Piece) -> bool:
        """Count a piece that is a record; False if it has to be read with patience."""
        if piece.damage is not None or piece.columns or self._selection.needs_whole_events:
            return False
        try:
            record = _DECODE(piece.text)
            if self._takes(record):
                self._tally.add_all((record,))
                self._tally.attempts.settle(1)
        except _NOT_QUICK:
            return False
        return True

    def _takes(self, record: LogRecord) -> bool:
        """Whether a record is asked for. Raises NotDecidedError if the whole event is needed."""
        if not self._selection.takes_record(record):
            self._tally.left_out = True
            return False
        if self._wanted is not None and self._wanted(record):
            raise NotDecidedError("the whole event is wanted")
        return True


def pair_count(
    tally: Tally, selection: Selection, wanted: Callable[[LogRecord], bool] = lambda _: False
) -> PairCount | None:
    """What counts for a tally with compiled code; None if there is none, or no use for it."""
    if selection.needs_whole_events:
        return None
    try:
        from batchdoctor.events.compiled.pairs import PairCount
    except ImportError:
        # There was no compiler where it was installed.
        return None
    return PairCount(tally, selection, wanted)


def exhaust(events: Iterator[Event]) -> None:
    """Consume events for the sake of their being counted."""
    deque(events, maxlen=0)
