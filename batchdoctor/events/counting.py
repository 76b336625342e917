"""Counts pieces of logs into one tally, and goes on after what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from msgspec.structs import replace

from batchdoctor.core.log.damage import Damage, Place
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.events.blocks import blocks
from batchdoctor.events.position import Position
from batchdoctor.events.quick import QuickCount, exhaust, pair_count
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import Piece
from batchdoctor.events.source import expect, opened

if TYPE_CHECKING:
    from batchdoctor.events.compiled.pairs import PairCount


class Counted(msgspec.Struct):
    """What was found in some pieces; `lines` says of each piece of a file how many it has."""

    tally: Tally
    problems: list[Problem] = msgspec.field(default_factory=list)
    lines: dict[tuple[str, int], int] = msgspec.field(default_factory=dict)


def count_pieces(
    pieces: Sequence[Piece],
    selection: Selection,
    tally: Tally,
    stdin: BinaryIO | None = None,
    position: Position | None = None,
) -> Counted:
    """Count every piece into `tally`; lines of damage are counted from the piece's beginning.

    Whoever holds the `position` can see how far it is.
    """
    position = position or Position()
    counted = Counted(tally)
    pairs = pair_count(tally, selection)
    expect([piece.source for piece in pieces])
    for piece in pieces:
        try:
            with position.reading(piece):
                _count_piece(piece, selection, stdin, counted, pairs, position)
        except (OSError, EOFError) as error:
            counted.problems.append(problem_of(piece.source.name, error))
    if pairs:
        pairs.give()
    return counted


def _count_piece(
    piece: Piece,
    selection: Selection,
    stdin: BinaryIO | None,
    counted: Counted,
    pairs: PairCount | None,
    position: Position,
) -> None:
    name = piece.source.name
    quick = QuickCount(name, counted.tally, selection, pairs=pairs)
    with opened(piece.source, stdin, lambda file: position.opened(file, piece.start)) as stream:
        if piece.end is None:
            exhaust(quick.stream(stream))
            return
        stream.seek(piece.start)
        lines = 0
        for block in blocks(stream, offset=piece.start, length=piece.end - piece.start):
            exhaust(quick.block(block))
            lines += block.count
        counted.lines[name, piece.start] = lines


def number_lines(damage: Damage, lines: dict[tuple[str, int], int]) -> None:
    """Count the lines of places in divided files from the beginning of the file."""
    damage.places = [replace(place, line=_line(place, lines)) for place in damage.places]


def _line(place: Place, lines: dict[tuple[str, int], int]) -> int | None:
    if place.line is None:
        return None
    starts = sorted(start for name, start in lines if name == place.file)
    mine = max((start for start in starts if start <= place.offset), default=0)
    return place.line + sum(lines[place.file, start] for start in starts if start < mine)
