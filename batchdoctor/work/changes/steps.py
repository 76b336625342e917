"""Cuts a change to many nodes into requests: the nodes of each, and what comes before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

import msgspec

from batchdoctor.core.names import NodeName, folded
from batchdoctor.core.records import same
from batchdoctor.errors import StateError
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.changes.wait import POLL_SECONDS
from batchdoctor.work.surroundings import Surroundings


class Step(msgspec.Struct, frozen=True):
    """The nodes of one request, all of one pool, and what must have happened before it is sent."""

    names: Sequence[NodeName]
    prepare: Callable[[], None]


def steps_of(
    outside: Surroundings,
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    limit_seconds: float,
) -> Iterator[Step]:
    """Yield the requests of an action in the order in which their nodes were named.

    A pool takes one removal at a time, so each further one waits until the pool is steady again.
    """
    if action.at_once == 1:
        yield from (Step([name], _nothing) for name in names)
        return

    def steady(pool_id: str) -> Callable[[], None]:
        return lambda: _wait_until_steady(outside, client, pool_id, limit_seconds)

    for _, group in groupby(
        sorted(names, key=lambda name: name.key), key=lambda name: folded(name.pool_id)
    ):
        members = list(group)
        pool_id = members[0].pool_id
        for first in range(0, len(members), action.at_once):
            before = steady(pool_id) if first else _nothing
            yield Step(members[first : first + action.at_once], before)


def _nothing() -> None:
    """Most requests can be sent at once."""


def _wait_until_steady(
    outside: Surroundings, client: Client, pool_id: str, limit_seconds: float
) -> None:
    """Wait until a pool takes the next change of its size; raises StateError when it does not."""
    until = outside.now() + timedelta(seconds=limit_seconds)
    while not same(client.pool(pool_id).allocation_state, "steady"):
        if outside.now() >= until:
            raise StateError(
                f"The pool {pool_id} was still being resized after {limit_seconds:g} s.",
                hint="run the command again for the nodes that are left",
                code="PoolBeingResized",
            )
        outside.progress(f"waiting until the pool {pool_id} is steady")
        outside.sleep(POLL_SECONDS)
