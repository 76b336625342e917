"""Draws what happened over time in lanes: bars for how many, letters where the kind matters."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.pictures.lanes import SIGNS, Lane, Lanes
from batchdoctor.core.text.wording import plural
from batchdoctor.report.svg_parts import (
    WIDTH,
    Escape,
    figure,
    line,
    minute,
    rect,
    svg,
    table,
    text,
)

_NAME = 150
_ROW = 18
_HEAD = 16
_LONGEST_NAME = 18
_TABLE_BINS = 12


def lanes_picture(lanes: Lanes, safe: Escape) -> str:
    """The lanes with a line where something began to fail, and a table of the same."""
    told = safe(
        f"What happened from {minute(lanes.start)} to {minute(lanes.end)}: "
        + ", ".join(f"{lane.name} {lane.total:,}" for lane in lanes.lanes)
        + (f"; {plural(len(lanes.onsets), 'line')} where it began to fail" if lanes.onsets else "")
    )
    signs = ", ".join(dict.fromkeys(" ".join(SIGNS[kind]) for kind in SIGNS if kind in _met(lanes)))
    height = _HEAD + _ROW * len(lanes.lanes) + 20
    image = svg(WIDTH, height, told, _parts(lanes, safe))
    return figure(f"{told}. {safe(signs)}".rstrip(), image) + _table(lanes, safe)


def _met(lanes: Lanes) -> set[object]:
    return {kind for lane in lanes.lanes for kind in lane.signs or () if kind is not None}


def _parts(lanes: Lanes, safe: Escape) -> Iterator[str]:
    width = (WIDTH - _NAME) / lanes.bins
    bottom = _HEAD + _ROW * len(lanes.lanes)
    for place in sorted(set(lanes.onsets)):
        yield line(_NAME + place * width, _HEAD - 4, bottom)
    for number, lane in enumerate(lanes.lanes):
        y = _HEAD + number * _ROW
        yield from _named(lane, y, safe)
        yield from _lane(lane, y, width)
    for x, moment, anchor in ((_NAME, lanes.start, "start"), (WIDTH, lanes.end, "end")):
        yield text(x, bottom + 14, safe(minute(moment)), anchor=anchor)


def _named(lane: Lane, y: float, safe: Escape) -> Iterator[str]:
    name = lane.name if len(lane.name) <= _LONGEST_NAME else f"…{lane.name[1 - _LONGEST_NAME :]}"
    yield text(8 if lane.is_part else 0, y + 13, safe(name))
    yield text(_NAME - 6, y + 13, f"{lane.total:,}", "text quiet", "end")


def _lane(lane: Lane, y: float, width: float) -> Iterator[str]:
    peak = max(lane.counts, default=0) or 1
    for place, count in enumerate(lane.counts):
        x = _NAME + place * width
        kind = lane.signs[place] if lane.signs is not None else None
        if kind is not None:
            sign = SIGNS[kind][0]
            yield text(
                x + width / 2, y + 13, sign, "text bad" if sign in "!x" else "text", "middle"
            )
        elif count:
            high = max(2.0, (_ROW - 4) * count / peak)
            fill = "fill-well" if lane.name == "runs" else "fill-failed"
            yield rect(x, y + _ROW - 2 - high, width * 0.9, high, fill)


def _table(lanes: Lanes, safe: Escape) -> str:
    """The lanes in some longer stretches, as numbers."""
    merging = -(-lanes.bins // _TABLE_BINS)
    places = range(0, lanes.bins, merging)
    head = ["lane", *(safe(f"{lanes.start + lanes.step * place:%m-%d %H:%M}") for place in places)]
    rows = (
        (safe(lane.name), [_told(sum(lane.counts[place : place + merging])) for place in places])
        for lane in lanes.lanes
    )
    return table(head, rows)


def _told(count: int) -> str:
    return f"<td>{count:,}</td>" if count else '<td class="no"></td>'
