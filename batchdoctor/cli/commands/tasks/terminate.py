"""`task terminate`: the end of tasks that hang or should not run."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import JobCare
from batchdoctor.cli.commands.jobs.change import change_jobs
from batchdoctor.cli.commands.tasks.names import task_names
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import named
from batchdoctor.work.changes.job_actions import TERMINATE_TASK

app = noun("task")


@command(app, "terminate", live=True)
def terminate(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="JOB/TASK, or TASK with --job; - reads them.", metavar="[TASK]..."),
    ] = None,
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="Job of the tasks.", metavar="JOB")
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task", "--task-id", help="The task, or JOB/TASK.", metavar="TASK"),
    ] = None,
    *,
    care: JobCare,
) -> int:
    """End tasks that hang or should not run, as failed.

    Example: batchdoctor task terminate nightly/frame-7
    """
    names = task_names(named(name, task, call.world), job)
    return change_jobs(call, TERMINATE_TASK, names, "", care)
