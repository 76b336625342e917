"""`events query`: what the logs say that are kept in a Log Analytics workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.events.answers import answered, head_of, selection_of
from batchdoctor.cli.commands.events.options import (
    ByOption,
    Categories,
    MinFailures,
    Nodes,
    ShowOption,
)
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, Until
from batchdoctor.core.log.show import Show
from batchdoctor.events.log_analytics import ENDPOINT, workspace_source
from batchdoctor.events.reading import EventLog
from batchdoctor.work.logs.reading import LogReading

app = noun("events")


@command(app, "query")
def query(
    call: Call,
    workspace: Annotated[
        str, typer.Option(help="Id of the Log Analytics workspace.", metavar="ID")
    ],
    show: ShowOption = Show.SUMMARY,
    by: ByOption = None,
    since: Since = None,
    until: Until = None,
    job: Jobs = None,
    pool: Pools = None,
    node: Nodes = None,
    category: Categories = None,
    min_failures: MinFailures = 2,
    endpoint: Annotated[
        str | None, typer.Option(help="Endpoint of Log Analytics, in other clouds.", metavar="URL")
    ] = None,
    fail_on: FailOnAny = None,
) -> int:
    """What do the events in a Log Analytics workspace say?

    Example: batchdoctor events query --workspace ID --since 6h
    """
    selection = selection_of(call, (since, until), job, pool, node, category)
    source = workspace_source(workspace, selection, endpoint=endpoint or ENDPOINT)
    reading = LogReading(
        call.world,
        EventLog(sources=[source], selection=selection),
        f"the workspace {workspace}",
        min_failures=min_failures,
    )
    head = head_of(call, selection, f"workspace {workspace}")
    return answered(call, reading, by or show, head, fail_on=bool(fail_on))
