"""The noun `jobs`: what is there?"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.list_options import (
    Changed,
    JobOrder,
    JobState,
    Told,
    sort_option,
    state_option,
)
from batchdoctor.cli.commands.listing import write_list
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Jobs, Pools, named
from batchdoctor.core.inventory.wanted import Order, Wanted
from batchdoctor.report.formats import Format
from batchdoctor.report.listed_rows import JOBS
from batchdoctor.work.inventory.lists import listed_jobs

app = noun("jobs")


@command(app, "list", live=True, watched=True)
def list_jobs(
    call: Call,
    name: Annotated[
        list[str] | None, typer.Argument(help="Only these; - reads them.", metavar="[JOB]...")
    ] = None,
    job: Jobs = None,
    state: Annotated[list[JobState] | None, state_option(JobState)] = None,
    pool: Pools = None,
    *,
    changed: Changed,
    sort: Annotated[JobOrder | None, sort_option(JobOrder)] = None,
    no_counts: Annotated[
        bool, typer.Option("--no-counts", help="Count no tasks: fewer requests.")
    ] = False,
    told: Told,
) -> int:
    """What jobs are there, and how do their tasks stand?

    Example: batchdoctor jobs list --state active --sort failed
    """
    wanted = Wanted(
        states=state or (),
        jobs=named(name, job, call.world),
        pools=pool or (),
        order=Order(sort) if sort else None,
    )
    counted = not no_counts and call.shared.output is not Format.IDS
    read = partial(listed_jobs, counted=counted)
    return write_list(call, JOBS, wanted, read, changed, told)
