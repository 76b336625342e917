"""The noun `events`: what do these diagnostic-log events say?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, Until, parse_when
from batchdoctor.errors import ExitCode, UsageError

app = noun("events", "Read diagnostic-log events.")


class Show(StrEnum):
    """Values of `--show`."""

    SUMMARY = "summary"
    FAILURES = "failures"
    NODES = "nodes"
    EVENTS = "events"


@command(app, "parse")
def parse(
    call: Call,
    path: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, or - for standard input.", metavar="[PATH]..."),
    ] = None,
    show: Annotated[
        Show, typer.Option(help="summary, failures, nodes or events.", metavar="WHAT")
    ] = Show.SUMMARY,
    since: Since = None,
    until: Until = None,
    job: Jobs = None,
    pool: Pools = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", "--node-id", help="Only this node.", metavar="NODE"),
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="Only failures of this category.", metavar="NAME")
    ] = None,
    min_failures: Annotated[
        int, typer.Option(help="Suspect no node with fewer failures.", min=1, metavar="N")
    ] = 2,
    fail_on: FailOnAny = None,
) -> int:
    """What do these diagnostic-log events say?

    Example: batchdoctor events parse insights-logs-servicelog/ --since 6h
    """
    from batchdoctor.cli.log_reading import LogReading
    from batchdoctor.events.selection import Selection

    now = call.world.now()
    selection = Selection(
        since=parse_when(since, "--since", now),
        until=parse_when(until, "--until", now),
        jobs=frozenset(job or ()),
        pools=frozenset(pool or ()),
        nodes=frozenset(node or ()),
        categories=frozenset(category or ()),
    )
    reading = LogReading(call, _paths(call, path), selection, min_failures)
    call.write(reading.document(show.value))
    reading.tell_damage()
    found = ExitCode.FINDINGS if fail_on and reading.failures else ExitCode.OK
    return worst([reading.status, found])


def _paths(call: Call, paths: Sequence[str] | None) -> Sequence[str]:
    """The paths given; a pipe without any is read, a terminal without any is a mistake."""
    if paths:
        return paths
    if call.world.stdin.isatty():
        raise UsageError(
            "There is nothing to read: no file was named, and nothing is piped in.",
            hint="batchdoctor events parse FILE_OR_FOLDER",
        )
    return ["-"]
