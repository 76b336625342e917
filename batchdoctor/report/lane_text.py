"""Draws lanes over time as lines of text, in whatever characters a terminal can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.pictures.lanes import SIGNS, Lane, Lanes, merged_lane
from batchdoctor.core.text.gate import shown

_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = ".:-=+*#@"
_NAME = 17
_TAIL = 5
_FEWEST = 16
_TICK = 12
_LONG = timedelta(hours=36)


def lane_lines(lanes: Lanes, width: int, *, unicode: bool) -> Iterator[str]:
    """Lines of at most `width` columns: a time scale, a line for each lane, and what signs mean.

    A column with `|` down to the scale is one in which something began to fail.
    """
    room = max(width - _NAME - 1, _FEWEST)
    merging = -(-lanes.bins // room)
    drawn = [merged_lane(lane, merging) for lane in lanes.lanes]
    onsets = sorted({place // merging for place in lanes.onsets})
    columns = -(-lanes.bins // merging)
    yield " " * _NAME + _scale(lanes.start, lanes.step * merging, columns)
    if onsets:
        mark = "▼" if unicode else "v"
        yield f"{'began to fail'.ljust(_NAME)}{_row([' '] * columns, onsets, mark)}".rstrip()
    for lane in drawn:
        cells = _signs(lane) if lane.signs is not None else _bars(lane, unicode=unicode)
        yield f"{_name(lane)}{_row(cells, onsets, '│' if unicode else '|')}".rstrip()
    yield from _legend(lanes.lanes, width)


def _scale(start: datetime, step: timedelta, columns: int) -> str:
    """Times below which the columns begin, some columns apart; days where it is about days."""
    form = "%m-%d %H:%M" if step * columns > _LONG else "%H:%M"
    text = ""
    for place in range(0, columns, _TICK):
        told = f"{start + step * place:{form}}"
        # The last one must not stand out of the picture.
        if place + len(told) <= columns:
            text = f"{text.ljust(place)}{told}"
    return text


def _name(lane: Lane) -> str:
    """The name of a lane with how many there are, in a column."""
    total = f"{lane.total:,}"
    room = _NAME - len(total) - 2
    name = shown(lane.name)
    name = f" {name}" if lane.is_part else name
    if len(name) > room:
        # Ids of one kind differ at their ends.
        name = f"{name[: room - _TAIL - 1]}~{name[-_TAIL:]}"
    return f"{name.ljust(room)} {total} "


def _row(cells: Sequence[str], onsets: Sequence[int], mark: str) -> str:
    return "".join(
        mark if cell == " " and place in onsets else cell for place, cell in enumerate(cells)
    )


def _bars(lane: Lane, *, unicode: bool) -> list[str]:
    """The higher, the more; one of anything is seen."""
    bars, peak = _BARS if unicode else _ASCII_BARS, max(lane.counts, default=0)
    return [bars[-(-count * len(bars) // peak) - 1] if count else " " for count in lane.counts]


def _signs(lane: Lane) -> list[str]:
    return [" " if kind is None else SIGNS[kind][0] for kind in lane.signs or ()]


def _legend(lanes: Sequence[Lane], width: int) -> Iterator[str]:
    """What the signs mean that are there."""
    met = {kind for lane in lanes for kind in lane.signs or () if kind is not None}
    parts = dict.fromkeys(" ".join(SIGNS[kind]) for kind in SIGNS if kind in met)
    line = ""
    for part in parts:
        if line and len(line) + 2 + len(part) > width:
            yield line
            line = part
        else:
            line = f"{line}  {part}" if line else part
    if line:
        yield line
