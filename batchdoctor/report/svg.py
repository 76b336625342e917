"""Draws a picture of runs and failures as SVG, for a page that has no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from batchdoctor.core.pictures.picture import NodeRow, Picture
from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.wording import plural
from batchdoctor.report.svg_lanes import lanes_picture
from batchdoctor.report.svg_matrix import matrix_picture
from batchdoctor.report.svg_parts import WIDTH, Escape, figure, minute, rect, svg

_HEIGHT = 150
_LEFT = 44
_TOP = 14
_ROW = 14
_NAME = 215
_MARKS_TOLD = 12
_LONGEST_NAME = 27


class Drawn(NamedTuple):
    """The pictures, as markup; empty where there is nothing to be drawn."""

    timeline: str
    lanes: str
    nodes: str
    by_message: str
    by_job: str


def draw(picture: Picture, escape: Escape) -> Drawn:
    """Draw a picture; `escape` makes text safe for markup."""

    def safe(words: str) -> str:
        return escape(shown(words))

    return Drawn(
        timeline=_timeline(picture, safe),
        lanes=lanes_picture(picture.lanes, safe) if picture.lanes else "",
        nodes=_nodes(picture, safe),
        by_message=matrix_picture(picture.by_message, safe) if picture.by_message else "",
        by_job=matrix_picture(picture.by_job, safe) if picture.by_job else "",
    )


def _timeline(picture: Picture, safe: Escape) -> str:
    runs, failures = (sum(share[part] for share in picture.bins) for part in (0, 1))
    told = safe(
        f"{failures:,} failures of {plural(runs, 'run')} from {minute(picture.start)} to"
        f" {minute(picture.end)}"
    )
    marks = picture.marks[:_MARKS_TOLD]
    listed = "; ".join(
        f"{number}: {minute(mark.at)} {mark.label}" for number, mark in enumerate(marks, 1)
    )
    body = svg(WIDTH, _HEIGHT + 40, told, _timeline_parts(picture, safe))
    return figure(f"{told}. {safe(listed)}".rstrip(), body)


def _timeline_parts(picture: Picture, safe: Escape) -> Iterator[str]:
    peak = max((share.runs for share in picture.bins), default=0) or 1
    width = (WIDTH - _LEFT) / len(picture.bins)
    base = _TOP + _HEIGHT
    yield f'<text x="0" y="{_TOP + 8}" class="text quiet">{peak:,}</text>'
    for number, share in enumerate(picture.bins):
        x = _LEFT + number * width
        high = share.runs / peak * _HEIGHT
        failed = share.failures / peak * _HEIGHT
        if share.runs:
            yield rect(x, base - high, width * 0.9, high - failed, "fill-well")
        if share.failures:
            yield rect(x, base - failed, width * 0.9, failed, "fill-failed")
    for number, mark in enumerate(picture.marks[:_MARKS_TOLD], 1):
        x = _LEFT + _part(picture, mark.at) * (WIDTH - _LEFT)
        dashes = "" if mark.is_onset else ' stroke-dasharray="3 3"'
        kind = "text bad" if mark.is_onset else "text"
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 2}" y2="{base}" class="stroke-mark"'
            f'{dashes}/><text x="{x:.1f}" y="{_TOP - 4}" class="{kind}">{number}</text>'
        )
    for x, moment, anchor in ((_LEFT, picture.start, "start"), (WIDTH, picture.end, "end")):
        told = safe(minute(moment))
        yield f'<text x="{x}" y="{base + 16}" text-anchor="{anchor}" class="text">{told}</text>'


def _nodes(picture: Picture, safe: Escape) -> str:
    accused = sum(row.accused for row in picture.nodes)
    more = f", {picture.nodes_left_out:,} more not shown" if picture.nodes_left_out else ""
    told = safe(
        f"{plural(len(picture.nodes), 'node')} over the same time{more}; {accused:,} suspect (!)."
        " Blue: all went well; the more orange, the more failed; blank: nothing ran"
    )
    height = _ROW * len(picture.nodes) + 4
    return figure(f"{told}.", svg(WIDTH, height, told, _node_parts(picture.nodes, safe)))


def _node_parts(rows: Sequence[NodeRow], safe: Escape) -> Iterator[str]:
    for number, row in enumerate(rows):
        y = number * _ROW
        name = row.name if len(row.name) <= _LONGEST_NAME else f"…{row.name[1 - _LONGEST_NAME :]}"
        kind = "text bad" if row.accused else "text"
        flag = "! " if row.accused else ""
        yield f'<text x="0" y="{y + 11}" class="{kind}">{flag}{safe(name)}</text>'
        width = (WIDTH - _NAME) / max(len(row.bins), 1)
        for place, share in enumerate(row.bins):
            x = _NAME + place * width
            if not share.runs:
                continue
            yield rect(x, y + 1, width * 0.92, _ROW - 3, "fill-well")
            if share.failures:
                part = (_ROW - 3) * share.failures / share.runs
                yield rect(x, y + 1 + _ROW - 3 - part, width * 0.92, part, "fill-failed")


def _part(picture: Picture, moment: datetime) -> float:
    return (moment - picture.start) / (picture.end - picture.start)
