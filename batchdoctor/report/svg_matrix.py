"""Draws something against nodes: a square of the size of the runs, filled by what failed."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from batchdoctor.core.pictures.matrix import Matrix
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.text.wording import plural
from batchdoctor.report.svg_parts import WIDTH, Escape, figure, rect, svg, table, text

_NAME = 228
_ROW = 20
_HEAD = 18
_SQUARE = 16
_SMALLEST = 4
_LONGEST_NAME = 27
_READ = {
    "job": "A column that fails is the job, a row is the node",
    "message": "A column over many nodes is the code or its input, a row of its own is the node",
}


def matrix_picture(matrix: Matrix, safe: Escape) -> str:
    """The picture, its numbered columns by name, and a table of the same."""
    told = safe(
        f"{plural(matrix.failures, 'failure')} by {matrix.noun} against node."
        f" {_READ.get(matrix.noun, '')}; suspect nodes have a mark (!)"
    )
    listed = safe("; ".join(f"{number}: {name}" for number, name in enumerate(matrix.columns, 1)))
    height = _HEAD + _ROW * len(matrix.nodes) + 4
    image = svg(WIDTH, height, told, _parts(matrix, safe))
    return figure(f"{told}. {listed}.", image) + _table(matrix, safe)


def _parts(matrix: Matrix, safe: Escape) -> Iterator[str]:
    width = (WIDTH - _NAME) / max(len(matrix.columns), 1)
    width = min(width, 3.0 * _SQUARE + 20)
    for place in range(len(matrix.columns)):
        yield text(_NAME + place * width, _HEAD - 6, str(place + 1), "text quiet")
    for number, (name, accused, cells) in enumerate(
        zip(matrix.nodes, matrix.accused, matrix.cells, strict=True)
    ):
        y = _HEAD + number * _ROW
        short = name if len(name) <= _LONGEST_NAME else f"…{name[1 - _LONGEST_NAME :]}"
        flag = "! " if accused else ""
        yield text(0, y + 13, f"{flag}{safe(short)}", "text bad" if accused else "text")
        for place, cell in enumerate(cells):
            if cell.runs:
                yield from _cell(_NAME + place * width, y + 1, cell, matrix.peak)


def _cell(x: float, y: float, cell: Share, peak: int) -> Iterator[str]:
    """A square whose area is the runs, filled from below by what failed, and the failures."""
    side = max(_SMALLEST, _SQUARE * sqrt(cell.runs / peak))
    top, part = y + (_SQUARE - side) / 2, side * cell.failures / cell.runs
    if part < side:
        yield rect(x, top, side, side - part, "fill-well")
    if part:
        yield rect(x, top + side - part, side, part, "fill-failed")
        yield text(x + _SQUARE + 3, y + 12, f"{cell.failures:,}")


def _table(matrix: Matrix, safe: Escape) -> str:
    rows = (
        (
            f"{'! ' if accused else ''}{safe(name)}",
            [_told(cell, has_runs=matrix.has_runs) for cell in cells],
        )
        for name, accused, cells in zip(matrix.nodes, matrix.accused, matrix.cells, strict=True)
    )
    return table(["node", *map(safe, matrix.columns)], rows)


def _told(cell: Share, *, has_runs: bool) -> str:
    if not cell.runs:
        return '<td class="no"></td>'
    kind = "all" if 2 * cell.failures >= cell.runs else "some" if cell.failures else "no"
    runs = f"/{cell.runs:,}" if has_runs else ""
    return f'<td class="{kind}">{cell.failures:,}{runs}</td>'
