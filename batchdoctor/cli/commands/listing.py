"""Writes one of the four lists for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.list_options import Changed, Told
from batchdoctor.cli.options import parse_when
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


def write_list(
    call: Call,
    kind: Kind[ItemT],
    wanted: Wanted,
    read: Callable[[Reading, Wanted], Iterator[ItemT]],
    changed: Changed,
    told: Told,
) -> int:
    """Write what there is, each line as soon as it is known. Raises UsageError for odd times."""
    now = call.world.now()
    wanted = replace(
        wanted,
        since=parse_when(changed.since, "--since", now),
        until=parse_when(changed.until, "--until", now),
        limit=told.limit,
    )
    with call.client() as client:
        reading = Reading(call.world, client)
        until = wanted.until or now
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
    found = ExitCode.FINDINGS if told.fail_on and listing.count else ExitCode.OK
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
