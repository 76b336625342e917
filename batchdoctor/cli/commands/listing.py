"""Writes one of the four lists for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from batchdoctor.cli.call import Call
from batchdoctor.cli.options import FailOn, parse_when
from batchdoctor.core.checked import Span
from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.inventory.wanted import Wanted
from batchdoctor.errors import ExitCode, worst
from batchdoctor.report.head import at_most, only
from batchdoctor.report.listings import Kind, Listing
from batchdoctor.work.reading.reading import Reading

ItemT = TypeVar("ItemT", ListedJob, ListedPool, ListedNode, ListedTask)


def in_time(call: Call, wanted: Wanted, since: str | None, until: str | None) -> Wanted:
    """The same, narrowed to the time that was asked for. Raises UsageError."""
    now = call.world.now()
    return msgspec.structs.replace(
        wanted,
        since=parse_when(since, "--since", now),
        until=parse_when(until, "--until", now),
    )


def write_list(
    call: Call,
    kind: Kind[ItemT],
    wanted: Wanted,
    read: Callable[[Reading, Wanted], Iterator[ItemT]],
    fail_on: FailOn | None,
) -> int:
    """Write what there is, each line as soon as it is known."""
    with call.client() as client:
        reading = Reading(call.world, client)
        until = wanted.until or call.world.now()
        in_time = wanted.since or wanted.until
        listing = Listing(
            call.head(
                client,
                span=Span(wanted.since, until) if in_time else None,
                left_out=_left_out(wanted),
            ),
            kind,
            read(reading, wanted),
            reading.problems,
            narrowed=wanted != Wanted(order=wanted.order, limit=wanted.limit),
            limit=wanted.limit,
            span=Span(wanted.since, until),
        )
        call.write(listing.document())
        call.finish(reading)
    found = ExitCode.FINDINGS if fail_on and listing.count else ExitCode.OK
    return worst([reading.status, found])


def _left_out(wanted: Wanted) -> tuple[str, ...]:
    """What the filters leave, in a few words each."""
    exit_code = None if wanted.exit_code is None else str(wanted.exit_code)
    return (
        *only("state", [*wanted.states, *wanted.results]),
        *only("job", wanted.jobs),
        *only("pool", wanted.pools),
        *only("node", wanted.nodes),
        *only("exit code", exit_code),
        *at_most(wanted.limit),
    )
