"""Answers that list what there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from batchdoctor.core.answer import Answer
from batchdoctor.core.checked import Span
from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.summary import ListSummary, examined_list
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.inventory.wanted import Wanted
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.inventory.lists import listed_jobs, listed_nodes, listed_pools, listed_tasks
from batchdoctor.work.reading.reading import Reading

ItemT = TypeVar("ItemT", ListedJob, ListedPool, ListedNode, ListedTask)


def jobs(asking: Asking, wanted: Wanted, *, counted: bool) -> Answer[ListedJob]:
    """The jobs that are wanted."""
    reading = asking.reading()
    found = listed_jobs(reading, wanted, counted=counted)
    return _listed(asking, reading, wanted, "job", found)


def pools(asking: Asking, wanted: Wanted) -> Answer[ListedPool]:
    """The pools that are wanted."""
    reading = asking.reading()
    return _listed(asking, reading, wanted, "pool", listed_pools(reading, wanted))


def nodes(asking: Asking, wanted: Wanted) -> Answer[ListedNode]:
    """The nodes that are wanted."""
    reading = asking.reading()
    return _listed(asking, reading, wanted, "node", listed_nodes(reading, wanted))


def tasks(asking: Asking, wanted: Wanted) -> Answer[ListedTask]:
    """The tasks that are wanted."""
    reading = asking.reading()
    return _listed(asking, reading, wanted, "task", listed_tasks(reading, wanted))


def _listed(
    asking: Asking, reading: Reading, wanted: Wanted, noun: str, items: Iterable[ItemT]
) -> Answer[ItemT]:
    found = list(items)
    states = Counter(item.stands or "unknown" for item in found)
    cut = wanted.limit is not None and len(found) >= wanted.limit
    return asking.answer(
        reading,
        found,
        ListSummary(listed=len(found), by_state=largest_first(states)),
        span=Span(wanted.since, wanted.until or asking.outside.now()),
        checked=examined_list(noun, len(found), whole=not reading.problems, cut=cut),
    )
