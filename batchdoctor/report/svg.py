"""Draws a picture of runs and failures as SVG and as a table, for a page that has no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from batchdoctor.core.pictures.picture import NodeRow, Picture
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.wording import plural

_WIDTH = 720
_HEIGHT = 150
_LEFT = 44
_TOP = 14
_ROW = 14
_NAME = 215
_MARKS_TOLD = 12
_MOST_COLUMNS = 16
_LONGEST_NAME = 27

Escape = Callable[[str], str]


class Drawn(NamedTuple):
    """The three pictures, as markup."""

    timeline: str
    nodes: str
    matrix: str


def draw(picture: Picture, escape: Escape) -> Drawn:
    """Draw a picture; `escape` makes text safe for markup."""

    def safe(words: str) -> str:
        return escape(shown(words))

    return Drawn(_timeline(picture, safe), _nodes(picture, safe), _matrix(picture, safe))


def _figure(caption: str, body: str) -> str:
    return f"<figure>{body}<figcaption>{caption}</figcaption></figure>"


def _svg(width: int, height: int, told: str, body: Iterator[str]) -> str:
    """An image that a screen reader tells in one sentence."""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{told}">'
        f"<title>{told}</title>{''.join(body)}</svg>"
    )


def _timeline(picture: Picture, safe: Escape) -> str:
    runs, failures = (sum(share[part] for share in picture.bins) for part in (0, 1))
    told = safe(
        f"{failures:,} failures of {plural(runs, 'run')} from {_minute(picture.start)} to"
        f" {_minute(picture.end)}"
    )
    marks = picture.marks[:_MARKS_TOLD]
    listed = "; ".join(
        f"{number}: {_minute(mark.at)} {mark.label}" for number, mark in enumerate(marks, 1)
    )
    body = _svg(_WIDTH, _HEIGHT + 40, told, _timeline_parts(picture, safe))
    return _figure(f"{told}. {safe(listed)}".rstrip(), body)


def _timeline_parts(picture: Picture, safe: Escape) -> Iterator[str]:
    peak = max((share.runs for share in picture.bins), default=0) or 1
    width = (_WIDTH - _LEFT) / len(picture.bins)
    base = _TOP + _HEIGHT
    yield f'<text x="0" y="{_TOP + 8}" class="text quiet">{peak:,}</text>'
    for number, share in enumerate(picture.bins):
        x = _LEFT + number * width
        high = share.runs / peak * _HEIGHT
        failed = share.failures / peak * _HEIGHT
        if share.runs:
            yield _rect(x, base - high, width * 0.9, high - failed, "fill-well")
        if share.failures:
            yield _rect(x, base - failed, width * 0.9, failed, "fill-failed")
    for number, mark in enumerate(picture.marks[:_MARKS_TOLD], 1):
        x = _LEFT + _part(picture, mark.at) * (_WIDTH - _LEFT)
        dashes = "" if mark.is_onset else ' stroke-dasharray="3 3"'
        kind = "text bad" if mark.is_onset else "text"
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 2}" y2="{base}" class="stroke-mark"'
            f'{dashes}/><text x="{x:.1f}" y="{_TOP - 4}" class="{kind}">{number}</text>'
        )
    for x, moment, anchor in ((_LEFT, picture.start, "start"), (_WIDTH, picture.end, "end")):
        told = safe(_minute(moment))
        yield f'<text x="{x}" y="{base + 16}" text-anchor="{anchor}" class="text">{told}</text>'


def _nodes(picture: Picture, safe: Escape) -> str:
    accused = sum(row.accused for row in picture.nodes)
    more = f", {picture.nodes_left_out:,} more not shown" if picture.nodes_left_out else ""
    told = safe(
        f"{plural(len(picture.nodes), 'node')} over the same time{more}; {accused:,} suspect (!)."
        " Blue: all went well; the more orange, the more failed; blank: nothing ran"
    )
    height = _ROW * len(picture.nodes) + 4
    return _figure(f"{told}.", _svg(_WIDTH, height, told, _node_parts(picture.nodes, safe)))


def _node_parts(rows: Sequence[NodeRow], safe: Escape) -> Iterator[str]:
    for number, row in enumerate(rows):
        y = number * _ROW
        name = row.name if len(row.name) <= _LONGEST_NAME else f"…{row.name[1 - _LONGEST_NAME :]}"
        kind = "text bad" if row.accused else "text"
        flag = "! " if row.accused else ""
        yield f'<text x="0" y="{y + 11}" class="{kind}">{flag}{safe(name)}</text>'
        width = (_WIDTH - _NAME) / max(len(row.bins), 1)
        for place, share in enumerate(row.bins):
            x = _NAME + place * width
            if not share.runs:
                continue
            yield _rect(x, y + 1, width * 0.92, _ROW - 3, "fill-well")
            if share.failures:
                part = (_ROW - 3) * share.failures / share.runs
                yield _rect(x, y + 1 + _ROW - 3 - part, width * 0.92, part, "fill-failed")


def _matrix(picture: Picture, safe: Escape) -> str:
    """A table, which a screen reader reads cell by cell: nodes below each other, jobs beside."""
    told = min(len(picture.jobs), _MOST_COLUMNS)
    left = len(picture.jobs) - told + picture.jobs_left_out
    head = "".join(
        f'<th scope="col"><div title="{safe(job)}">{safe(job)}</div></th>'
        for job in picture.jobs[:told]
    )
    rows = "".join(
        f'<tr><th scope="row">{safe(node.name)}</th>'
        f"{''.join(_cell(cells[number]) for cells in picture.matrix[:told])}</tr>"
        for number, node in enumerate(picture.nodes)
    )
    caption = safe(
        "Failures of runs, node against job: a column that fails is the job, a row is the node."
        f"{f' {left:,} more jobs are not shown.' if left else ''}"
    )
    return _figure(
        caption,
        f'<table class="matrix"><thead><tr><th scope="col">node</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )


def _cell(share: Share | None) -> str:
    if share is None:
        return '<td class="no"></td>'
    kind = "all" if 2 * share.failures >= share.runs else "some" if share.failures else "no"
    return f'<td class="{kind}">{share.failures:,}/{share.runs:,}</td>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}"'
        f' class="{kind}"/>'
    )


def _part(picture: Picture, moment: datetime) -> float:
    return (moment - picture.start) / (picture.end - picture.start)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
