"""`events parse`: what do these diagnostic-log events say?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.events.answers import (
    answered,
    head_of,
    selection_of,
    write_log_report,
)
from batchdoctor.cli.commands.events.bundle import FromBundle, logs_of
from batchdoctor.cli.commands.events.options import (
    ByOption,
    Categories,
    Elsewhere,
    Followed,
    Kql,
    MinFailures,
    Nodes,
    Paths,
    ShowOption,
    Tallies,
    Workers,
    check_groups,
    check_show,
)
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, Until, refuse_empty
from batchdoctor.cli.piped import piped_bytes
from batchdoctor.cli.reporting import Report
from batchdoctor.core.log.show import Show
from batchdoctor.errors import ExitCode, UnreachableError, UsageError
from batchdoctor.events.kql import query as kusto_query
from batchdoctor.events.reading import EventLog
from batchdoctor.work.logs.reading import LogReading
from batchdoctor.work.logs.tally_files import check_free, read_tallies, write_tally

if TYPE_CHECKING:
    from batchdoctor.events.selection import Selection
    from batchdoctor.events.source import Source
    from batchdoctor.report.head import Head

app = noun("events")


@command(app, "parse")
def parse(
    call: Call,
    path: Paths = None,
    from_file: FromBundle = None,
    show: ShowOption = Show.SUMMARY,
    by: ByOption = None,
    since: Since = None,
    until: Until = None,
    job: Jobs = None,
    pool: Pools = None,
    node: Nodes = None,
    category: Categories = None,
    min_failures: MinFailures = 2,
    *,
    tallies: Tallies,
    workers: Workers = None,
    following: Followed,
    kql: Kql = False,
    fail_on: FailOnAny = None,
    report: Report = None,
    elsewhere: Elsewhere,
) -> int:
    """What do these diagnostic-log events say?

    Example: batchdoctor events parse insights-logs-servicelog/ --since 6h
    """
    with logs_of(call, path, from_file) as (asked, carried):
        selection = selection_of(asked, (since, until), job, pool, node, category)
        if kql:
            return _print_query(asked, selection, show)
        here_only = {"--by": by, "--category": category, "--workers": workers, "--from": carried}
        elsewhere.check(show, {**here_only, **tallies.given, **following.given})
        follow, merging = following.follow, bool(tallies.merge)
        check_show(show, follow=follow, merging=merging, by_category=bool(category))
        check_groups(show, by, follow=follow, merging=merging)
        if any(following.given.values()):
            if carried:
                raise UsageError(
                    "What is in a bundle stands still.", hint="leave out --from to follow"
                )
            from batchdoctor.cli.commands.events.follow import Following, follow_logs

            return follow_logs(
                asked, path or (), Following(show, selection, min_failures, following)
            )
        if tallies.tally_out:
            check_free(tallies.tally_out, force=tallies.force)
        paths = [] if carried else _paths(asked, path, needed=not merging)
        if elsewhere.engine:
            reading = _counted_on_dask(asked, paths, selection, elsewhere, min_failures)
        else:
            log = _log_here(asked, paths, carried, selection, workers)
            reading = _read_here(asked, log, min_failures, tallies)
        head = head_of(asked, selection)
        status = answered(asked, reading, by or show, head, fail_on=bool(fail_on))
        _write_beside(asked, reading, head, report, tallies.tally_out)
        return status


def _write_beside(
    call: Call, reading: LogReading, head: Head, report: str | None, tally_out: Path | None
) -> None:
    """Write the page and the tally that were asked for beside an answer that was not cut short."""
    if call.world.interruption.cut and (report or tally_out):
        call.world.note(f"interrupted: {report or tally_out} was not written")
        return
    if report is not None:
        write_log_report(report, reading, head)
    if tally_out:
        write_tally(tally_out, reading.tally)


def _log_here(
    call: Call,
    paths: Sequence[str],
    carried: Sequence[Source],
    selection: Selection,
    workers: int | None,
) -> EventLog:
    return EventLog(
        list(paths),
        sources=carried,
        stdin=piped_bytes(call.world),
        selection=selection,
        workers=workers,
    )


def _read_here(call: Call, log: EventLog, min_failures: int, tallies: Tallies) -> LogReading:
    names = ", ".join("standard input" if word == "-" else word for word in log.paths)
    return LogReading(
        call.world,
        log,
        names or ("the bundle" if log.sources else "the tallies"),
        min_failures=min_failures,
        counted_before=read_tallies(tallies.merge or ()),
        portable=tallies.tally_out is not None,
    )


def _counted_on_dask(
    call: Call,
    paths: Sequence[str],
    selection: Selection,
    elsewhere: Elsewhere,
    min_failures: int,
) -> LogReading:
    from batchdoctor.work.logs.groups import groups_of
    from batchdoctor.work.logs.on_dask import counted_on_dask

    scheduler = elsewhere.address
    groups = groups_of(paths, selection)
    if not groups:
        log = _log_here(call, paths, (), selection, None)
        return _read_here(call, log, min_failures, Tallies())
    try:
        reducing = counted_on_dask(call.world, groups, selection, scheduler)
    except OSError as error:
        raise UnreachableError(f"The scheduler {scheduler} was not reached: {error}.") from error
    return reducing.answer(min_failures=min_failures, places=", ".join(paths))


def _print_query(call: Call, selection: Selection, show: Show) -> int:
    call.world.output.write(kusto_query(selection, show.value).rstrip("\n") + "\n")
    return ExitCode.OK


def _paths(call: Call, paths: Sequence[str] | None, *, needed: bool) -> Sequence[str]:
    """The paths given; a pipe without any is read, a terminal without any is a mistake."""
    refuse_empty(paths or ())
    if paths or not needed:
        return paths or ()
    if call.world.stdin.isatty():
        raise UsageError(
            "There is nothing to read: no file was named, and nothing is piped in.",
            hint="batchdoctor events parse FILE_OR_FOLDER",
        )
    return ["-"]
