"""Ids as their own objects spell them: a job may write the id of its pool in another case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from batchdoctor.core.names import folded
from batchdoctor.core.records import Task


def own_id(an_id: str | None, known: Iterable[str]) -> str | None:
    """The spelling among `known` of an id; as it is where none of them means the same."""
    if an_id is None:
        return None
    return next((each for each in known if folded(each) == folded(an_id)), an_id)


def in_own_spelling(tasks: Iterable[Task], pools: Iterable[str]) -> Iterator[Task]:
    """The same tasks; the pools that they ran on are written as the pools themselves write them."""
    known = {folded(pool_id): pool_id for pool_id in pools}
    for task in tasks:
        where = task.node_info
        own = known.get(folded(where.pool_id)) if where and where.pool_id else None
        if where is None or own is None or own == where.pool_id:
            yield task
        else:
            yield replace(task, node_info=replace(where, pool_id=own))
