"""A picture as blocks of a page that has no graphics: lanes in characters, matrices as tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from batchdoctor.core.pictures.matrix import Matrix
from batchdoctor.core.pictures.picture import Picture
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.report.page import Block, Chart, Column, Rows

_Row = tuple[str, tuple[Share, ...]]


def picture_blocks(picture: Picture) -> Iterator[Block]:
    """What happened over time, and failures by message and by job against node."""
    if picture.lanes is not None:
        yield Chart(picture.lanes, "What happened when")
    for matrix in (picture.by_message, picture.by_job):
        if matrix is not None:
            yield _table(matrix)


def _table(matrix: Matrix) -> Rows:
    columns = [
        Column(name, partial(_cell, matrix.has_runs, place), right=True)
        for place, name in enumerate(matrix.columns)
    ]
    rows: list[_Row] = [
        (f"{'! ' if accused else ''}{name}", tuple(cells))
        for name, accused, cells in zip(matrix.nodes, matrix.accused, matrix.cells, strict=True)
    ]
    title = f"Failures by {matrix.noun} against node"
    return Rows([Column("node", lambda row: row[0]), *columns], rows, title)


def _cell(has_runs: bool, place: int, row: _Row) -> str:  # noqa: FBT001 - bound by partial
    share = row[1][place]
    if not share.runs:
        return ""
    return f"{share.failures:,}{f'/{share.runs:,}' if has_runs else ''}"
