"""Something against nodes: how often each failed on each, bounded, with all others as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec

from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.text.wording import plural

MOST_NODES = 30
MOST_COLUMNS = 10

NodeKey = tuple[str, str]
NOTHING = Share(0, 0)


class Matrix(msgspec.Struct, frozen=True):
    """Failures by column on each node; where runs are not counted they are the failures.

    `cells` has a row for each of `nodes` with a share for each of `columns`. The last row or column
    may be of all others: `other_nodes` and `other_columns` are how many, 0 for none.
    """

    noun: str
    """What a column is, in the singular: `job` or `message`."""
    columns: Sequence[str]
    nodes: Sequence[str]
    accused: Sequence[bool]
    cells: Sequence[Sequence[Share]]
    other_nodes: int = 0
    other_columns: int = 0

    @property
    def failures(self) -> int:
        """All of them."""
        return sum(cell.failures for row in self.cells for cell in row)

    @property
    def has_runs(self) -> bool:
        """Whether runs are counted, and not failures alone."""
        return any(cell.runs != cell.failures for row in self.cells for cell in row)

    @property
    def peak(self) -> int:
        """The most runs of a cell."""
        return max((cell.runs for row in self.cells for cell in row), default=0)


def matrix_of(
    noun: str, counts: Mapping[tuple[str, NodeKey], Share], accused: Collection[NodeKey] = ()
) -> Matrix | None:
    """Lay out shares by column and node; the accused and what failed most first, None for none."""
    columns: Counter[str] = Counter()
    nodes: Counter[NodeKey] = Counter()
    for (column, node), share in counts.items():
        columns[column] += share.failures
        nodes[node] += share.failures
    if not sum(columns.values()):
        return None
    names = sorted(columns, key=lambda column: (-columns[column], column))
    places = sorted(nodes, key=lambda node: (node not in accused, -nodes[node], node))
    shown, told = places[:MOST_NODES], names[:MOST_COLUMNS]
    rows = {node: place for place, node in enumerate(shown)}
    across = {name: place for place, name in enumerate(told)}
    others, more = len(places) - len(shown), len(names) - len(told)
    cells = [[NOTHING] * (len(told) + bool(more)) for _ in range(len(shown) + bool(others))]
    for (column, node), share in counts.items():
        row, place = rows.get(node, len(shown)), across.get(column, len(told))
        known = cells[row][place]
        cells[row][place] = Share(known.runs + share.runs, known.failures + share.failures)
    return Matrix(
        noun=noun,
        columns=[*told, *([plural(more, f"other {noun}")] if more else [])],
        nodes=[*map("/".join, shown), *([plural(others, "other node")] if others else [])],
        accused=[*(node in accused for node in shown), *([False] if others else [])],
        cells=cells,
        other_nodes=others,
        other_columns=more,
    )
