"""The failures of one job by cause and node: a fold that grows with those, not with tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.category import Category

_EXAMPLES = 3
# Enough to see whether most of them say the same.
_SAMPLED = 6


class NodeKey(NamedTuple):
    """A node; both None for a task that never came to one."""

    pool_id: str | None
    node_id: str | None


class Cause(NamedTuple):
    """What makes two failures the same for whoever has to repair them."""

    category: Category
    code: str | None
    exit_code: int | None
    telling: str | None = None
    """What the details tell beyond the code: one code has many causes."""


class CauseCount(msgspec.Struct):
    """How many tasks failed of one cause, where, and the first of them."""

    first: Failure
    count: int = 0
    sample: list[str] = msgspec.field(default_factory=list)
    """Ids of some of the tasks."""
    details: set[str | None] = msgspec.field(default_factory=set)
    """What the details say of some of them."""
    nodes: set[NodeKey] = msgspec.field(default_factory=set)

    @property
    def examples(self) -> list[str]:
        """The few ids that a sentence names."""
        return self.sample[:_EXAMPLES]


class JobFailures(msgspec.Struct):
    """Failures of one job."""

    job_id: str
    _counts: dict[tuple[Cause, NodeKey], CauseCount] = msgspec.field(default_factory=dict)
    recent: int = 0
    failed_ids: set[str] | None = None
    """Ids of the failed tasks, only where other tasks may depend on them."""

    def add(self, failure: Failure, *, recent: bool = True) -> None:
        """Count one failure; a recent one is of the time that was asked about."""
        self.recent += recent
        cause = Cause(failure.category, failure.code, failure.exit_code, failure.telling)
        node = NodeKey(failure.pool_id, failure.node_id)
        count = self._counts.setdefault((cause, node), CauseCount(failure))
        _include(count, 1, [failure.task_id], {failure.detail}, node)
        if self.failed_ids is not None:
            self.failed_ids.add(failure.task_id)

    @property
    def total(self) -> int:
        """All failures."""
        return sum(count.count for count in self._counts.values())

    def by_cause(self, *, without: Collection[NodeKey] = ()) -> dict[Cause, CauseCount]:
        """Failures by cause, the most frequent first, those on some nodes left out."""
        causes: dict[Cause, CauseCount] = {}
        for (cause, node), count in self._counts.items():
            if node not in without:
                whole = causes.setdefault(cause, CauseCount(count.first))
                _include(whole, count.count, count.sample, count.details, node)
        return dict(sorted(causes.items(), key=lambda entry: -entry[1].count))


def _include(
    count: CauseCount,
    times: int,
    examples: Iterable[str],
    details: Iterable[str | None],
    node: NodeKey,
) -> None:
    count.count += times
    if len(count.details) < _SAMPLED:
        count.details.update(details)
    if len(count.sample) < _SAMPLED:
        count.sample = [*count.sample, *examples][:_SAMPLED]
    if node.node_id:
        count.nodes.add(node)
