"""`events map` and `events reduce`: the counting of one log shared among machines."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.events.answers import (
    answered,
    head_of,
    selection_of,
)
from batchdoctor.cli.commands.events.options import MinFailures, Nodes, Workers
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, Until
from batchdoctor.core.log.show import Show
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.shards import map_document, reduce_document
from batchdoctor.work.logs.mapping import LogMapping
from batchdoctor.work.logs.reducing import ALL, Reducing, check_counted, shard_of
from batchdoctor.work.logs.shard_place import place_of

app = noun("events")


@command(app, "map")
def map_logs(
    call: Call,
    path: Annotated[
        list[str], typer.Argument(help="Files, folders or containers of logs.", metavar="PATH...")
    ],
    out: Annotated[
        str, typer.Option(help="A folder or container for the counts.", metavar="PLACE")
    ],
    since: Since = None,
    until: Until = None,
    job: Jobs = None,
    pool: Pools = None,
    node: Nodes = None,
    workers: Workers = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Status 0 also if a log cannot be read.")
    ] = False,
) -> int:
    """Count logs into small files, for `events reduce` on this machine or others.

    Logs that PLACE counts already are left out, so a run that stops goes on.

    Example: batchdoctor events map logs/2026-08-01/ --out counts/
    """
    selection = selection_of(call, (since, until), job, pool, node, ())
    place = place_of(out)
    mapping = LogMapping(call.world, path, place, selection, workers=workers)
    head = head_of(call, selection)
    call.write(map_document(head, mapping.parts(), place.name, mapping))
    return ExitCode.OK if keep_going else worst([mapping.status])


@command(app, "reduce")
def reduce_shards(
    call: Call,
    place: Annotated[
        str, typer.Argument(help="Where maps put their counts: a folder or a container.")
    ],
    shard: Annotated[
        str | None,
        typer.Option(help="Only this part of the work: 1/16 is the first of 16.", metavar="I/N"),
    ] = None,
    final: Annotated[bool, typer.Option("--final", help="Answer as `events parse` does.")] = False,
    show: Annotated[
        Show, typer.Option(help="With --final: summary, nodes or timeline.", metavar="WHAT")
    ] = Show.SUMMARY,
    min_failures: MinFailures = 2,
    fail_on: FailOnAny = None,
) -> int:
    """Join what `events map` counted, and forget the single attempts.

    Shards may be reduced by different machines. --final joins them and does what is left to do.

    Example: batchdoctor events reduce counts/ --final
    """
    if final and shard:
        raise UsageError("--final joins all shards.", hint="leave out --shard")
    if not final and (show is not Show.SUMMARY or fail_on):
        raise UsageError("Only --final has an answer to show.", hint="add --final")
    check_counted(show)
    wanted = shard_of(shard) if shard else ALL
    reducing = Reducing(call.world, place_of(place))
    if not final:
        call.write(reduce_document(call.head(), lambda: reducing.reduce(wanted), reducing.summary))
        return ExitCode.OK
    reading = reducing.answer(min_failures=min_failures)
    head = head_of(call, reducing.selection)
    return answered(call, reading, show, head, fail_on=bool(fail_on))
