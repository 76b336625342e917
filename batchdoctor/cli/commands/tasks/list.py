"""`tasks list`: which tasks are there, and how did they end?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.list_options import (
    RESULTS,
    Changed,
    NodeIds,
    TaskOrder,
    TaskState,
    Told,
    sort_option,
    state_option,
)
from batchdoctor.cli.commands.listing import write_list
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Jobs, Pools, named
from batchdoctor.core.inventory.wanted import Order, Wanted
from batchdoctor.errors import UsageError
from batchdoctor.report.listed_rows import TASKS
from batchdoctor.work.inventory.lists import listed_tasks

app = noun("tasks")


@command(app, "list", live=True, watched=True)
def list_tasks(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="Only of these jobs; - reads them.", metavar="[JOB]..."),
    ] = None,
    job: Jobs = None,
    state: Annotated[list[TaskState] | None, state_option(TaskState)] = None,
    pool: Pools = None,
    node: NodeIds = None,
    exit_code: Annotated[
        int | None, typer.Option(help="Only with this exit code.", metavar="N")
    ] = None,
    *,
    changed: Changed,
    sort: Annotated[TaskOrder | None, sort_option(TaskOrder)] = None,
    told: Told,
) -> int:
    """Which tasks are there, how did they end, where, and how long did they take?

    Example: batchdoctor tasks list nightly --state running --sort longest
    """
    results = [RESULTS[each] for each in state or () if each in RESULTS]
    states = [each for each in state or () if each not in RESULTS]
    if results and states:
        raise UsageError(
            "--state asks for how tasks ended and for tasks that have not.",
            hint="give --state failed or --state succeeded alone, and the others in a second call",
        )
    wanted = Wanted(
        states=states,
        results=results,
        jobs=named(name, job, call.world),
        pools=pool or (),
        nodes=node or (),
        exit_code=exit_code,
        order=Order(sort) if sort else None,
    )
    return write_list(call, TASKS, wanted, listed_tasks, changed, told)
