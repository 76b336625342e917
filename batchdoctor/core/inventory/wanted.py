"""Which things a list is to have, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from heapq import nsmallest
from itertools import islice
from typing import Any, TypeVar

import msgspec

from batchdoctor.core.names import same_id
from batchdoctor.core.records import same

ItemT = TypeVar("ItemT")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Order(StrEnum):
    """Orders that a list can be asked for; without one it comes as the service has it."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ID = "id"
    LONGEST = "longest"
    FAILED = "failed"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; what is empty or None narrows nothing.

    `since` and `until` are about the last change of state; `results` are `success`, `failure`.
    """

    states: Sequence[str] = ()
    results: Sequence[str] = ()
    jobs: Sequence[str] = ()
    pools: Sequence[str] = ()
    nodes: Sequence[str] = ()
    exit_code: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order | None = None
    limit: int | None = None

    def in_time(self, changed: datetime | None) -> bool:
        """Whether a state that was reached then is from the time that is wanted."""
        if self.since is None and self.until is None:
            return True
        if changed is None:
            return False
        return (not self.since or changed >= self.since) and (
            not self.until or changed <= self.until
        )

    def in_state(self, *states: str | None) -> bool:
        """Whether one of these is a state that is wanted."""
        return not self.states or any(
            same(state, wanted) for state in states for wanted in self.states
        )


def among(an_id: str | None, ids: Sequence[str]) -> bool:
    """Whether an id is one of those that are wanted; without any all are."""
    return not ids or any(same_id(an_id, each) for each in ids)


def in_order(
    items: Iterable[ItemT],
    keys: Mapping[Any, Callable[[ItemT], Any]],
    order: str | None,
    limit: int | None,
) -> Iterator[ItemT]:
    """The items in an order, at most `limit` of them.

    Without an order they stream; with one and a limit no more than so many are kept.
    """
    if order is None:
        yield from islice(items, limit)
    elif limit is None:
        yield from sorted(items, key=keys[order])
    else:
        yield from nsmallest(limit, items, key=keys[order])


def newest(moment: datetime | None) -> float:
    """A key that puts the latest moment first, and an unknown one last."""
    return -(moment or _NEVER).timestamp()


def oldest(moment: datetime | None) -> float:
    """A key that puts the earliest moment first, and an unknown one last."""
    return moment.timestamp() if moment else float("inf")
