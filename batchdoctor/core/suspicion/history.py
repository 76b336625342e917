"""When which node ran what, and how it ended: one small row a run, by pool and node.

A run here is the first attempt of a task on a node. Those after it are not independent of it: one
bad input that is tried again on the spot would accuse a healthy node.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HALF = 32
SECONDS = (1 << HALF) - 1


class What(NamedTuple):
    """What ran, and how it ended; of a success, `failed` is false and the rest is empty.

    `kind` is a number that tasks of one kind share. `ended` is a task that was ended from outside:
    by request, with its job, or by its own time limit.
    """

    job_id: str
    kind: int
    failed: bool = False
    node_caused: bool = False
    ended: bool = False
    category: str = ""
    code: str = ""
    said: str = ""
    """The message in its words that tells the cause, where they were read and one does."""
    service: str = ""
    """What outside of the pool that message speaks of."""


class NodeHistory:
    """The runs of one node: indices of a `What`, and when each started and ended.

    A time is two numbers of seconds since 1970 in one: the start, 0 if it is not known, and below
    it the end.
    """

    __slots__ = ("what", "when")

    def __init__(self) -> None:
        self.what = array("I")
        self.when = array("Q")

    def add(self, what: int, when: int) -> None:
        """Add one run."""
        self.what.append(what)
        self.when.append(when)


class History:
    """All runs of some pools, in any order."""

    def __init__(self) -> None:
        self.whats: list[What] = []
        self.pools: dict[str, dict[str, NodeHistory]] = {}
        self._indices: dict[What, int] = {}

    def index_of(self, what: What) -> int:
        """Give the number that stands for what ran and how it ended."""
        index = self._indices.get(what)
        if index is None:
            index = self._indices[what] = len(self.whats)
            self.whats.append(what)
        return index

    def node(self, pool_id: str, node_id: str) -> NodeHistory:
        """Give the runs of a node, none at first."""
        nodes = self.pools.setdefault(pool_id, {})
        found = nodes.get(node_id)
        if found is None:
            found = nodes[node_id] = NodeHistory()
        return found

    def add(
        self, pool_id: str, node_id: str, what: What, start: datetime | None, end: datetime | None
    ) -> None:
        """Add one run with its times, which must carry their zone."""
        when = seconds_of(start) << HALF | seconds_of(end)
        self.node(pool_id, node_id).add(self.index_of(what), when)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        return self._sorted() == other._sorted()

    __hash__ = None  # type: ignore[assignment]

    def _sorted(self) -> list[tuple[str, str, list[tuple[What, int]]]]:
        return sorted(
            (pool_id, node_id, sorted((self.whats[what], when) for what, when in rows_of(node)))
            for pool_id, nodes in self.pools.items()
            for node_id, node in nodes.items()
            if node.what
        )


def rows_of(node: NodeHistory) -> Iterator[tuple[int, int]]:
    """The runs of a node as pairs of `what` and `when`."""
    return zip(node.what, node.when, strict=True)


def moment(second: int) -> datetime | None:
    """The time of a second since 1970; None for 0, which is not known."""
    return _EPOCH + timedelta(seconds=second) if second else None


def start_and_end(when: int) -> tuple[int, int]:
    """The two halves of a time."""
    return when >> HALF, when & SECONDS


def seconds_of(time: datetime | None) -> int:
    """The second since 1970 of a time, which must carry its zone; 0 for None."""
    if time is None:
        return 0
    second: int = min(max(int((time - _EPOCH).total_seconds()), 1), SECONDS)
    return second
