"""The command `timeline`: what happened when, since when it fails, and what changed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Annotated, BinaryIO

import typer
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.options import FailOn, FailOnAny, Jobs, Pools, named, parse_when, refuse_empty
from batchdoctor.cli.piped import piped_bytes
from batchdoctor.cli.reporting import Report, write_report
from batchdoctor.core.checked import Span
from batchdoctor.core.names import folded
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.timeline.gathered import Asked
from batchdoctor.core.timeline.happening import FAILURES
from batchdoctor.core.timeline.timeline import TimelineRead
from batchdoctor.errors import ExitCode, NotFoundError, UsageError, worst
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head, only
from batchdoctor.report.timelines import TimelineAnswer
from batchdoctor.service.client import Client
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.timeline.logs import log_of
from batchdoctor.work.timeline.reading import read_timeline

app = verb()

DEFAULT_LIMIT = 1000


@command(app, "timeline", live=True, watched=True)
def timeline(
    call: Call,
    job: Jobs = None,
    pool: Pools = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", "--node-id", help="Only this node; again for more.", metavar="NODE"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="From when on: 6h, today, 22:30; 24h if not said.", metavar="WHEN"),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Until when; now, if it is not said.", metavar="WHEN")
    ] = None,
    events: Annotated[
        list[str] | None,
        typer.Option(help="Event logs, too: a file, a folder, - or a URL.", metavar="PATH"),
    ] = None,
    only_events: Annotated[
        bool, typer.Option("--only-events", help="Ask no account, read the logs alone.")
    ] = False,
    limit: Annotated[
        int, typer.Option(help="Items at most; more are folded.", min=1, metavar="N")
    ] = DEFAULT_LIMIT,
    listed: Annotated[
        bool, typer.Option("--list", help="Each item in the table, * just before it began.")
    ] = False,
    fail_on: FailOnAny = None,
    report: Report = None,
) -> int:
    """What happened when, since when does it fail, and what changed just before?

    Example: batchdoctor timeline --since 6h --events insights-logs-servicelog/
    """
    given = {"job": job, "pool": pool, "node": node}
    names = {name: named(None, words, call.world) for name, words in given.items()}
    # Of logs alone nobody knows how old they are.
    now, usual = call.world.now(), None if only_events else call.last_day()
    earliest, latest = parse_when(since, "--since", now) or usual, parse_when(until, "--until", now)
    asked = _asked(names, earliest, latest)
    paths = _paths(call, events, needed=only_events)
    log = log_of(call.world, paths, asked, _piped(call, paths))
    with ExitStack() as stack:
        client = None if only_events else stack.enter_context(call.client())
        reading = Reading(call.world, client) if client else None
        found = read_timeline(asked, limit, reading, log)
        answer = TimelineAnswer(
            _head(call, client, names, found.span),
            found,
            listed=listed or call.shared.output is not Format.TABLE,
            all_of_it=_again(only_events, {**names, "events": events or ()}, since, until),
        )
        call.write(answer.document())
        if report is not None:
            write_report(report, replace(answer, listed=True).document(), None)
        if reading is not None:
            call.finish(reading)
    statuses = [each.status for each in (reading, log) if each is not None]
    return worst([*statuses, _status(found, fail_on)])


def _status(found: TimelineRead, fail_on: FailOn | None) -> ExitCode:
    if found.unknown:
        return NotFoundError.exit_code
    failed = any(each.kind in FAILURES for each in found.timeline.happenings)
    return ExitCode.FINDINGS if fail_on and failed else ExitCode.OK


def _asked(
    names: Mapping[str, Sequence[str]], since: datetime | None, until: datetime | None
) -> Asked:
    """What is asked about. Raises UsageError."""
    jobs, pools, nodes = (frozenset(map(folded, ids)) for ids in names.values())
    if since and until and since >= until:
        raise UsageError("--since must be before --until.", hint="--since 6h --until 1h")
    return Asked(since, until, jobs, pools, nodes)


def _paths(call: Call, events: Sequence[str] | None, *, needed: bool) -> Sequence[str]:
    """The logs that are named, else those of the bundle that answers. Raises UsageError."""
    refuse_empty(events or ())
    paths = events or (call.replay.logs() if call.replay else [])
    if needed and not paths:
        raise UsageError("There are no logs to read alone.", hint="--events FILE_OR_FOLDER")
    return paths


def _head(
    call: Call, client: Client | None, names: Mapping[str, Sequence[str]], span: Span
) -> Head:
    left_out = tuple(told for name, ids in names.items() for told in only(name, ids))
    return call.head(client, source="event logs", span=span, left_out=left_out)


def _again(
    only_events: bool, names: Mapping[str, Sequence[str]], since: str | None, until: str | None
) -> str:
    """The command line that lists each item of the same answer."""
    words = ["--only-events"] if only_events else []
    several = [word for name, ids in names.items() for each in ids for word in (f"--{name}", each)]
    return command_line("timeline", "--list", *words, *several, since=since, until=until)


def _piped(call: Call, paths: Sequence[str]) -> BinaryIO | None:
    """Standard input, where a path says so."""
    if "-" not in paths:
        return None
    return piped_bytes(call.world)
