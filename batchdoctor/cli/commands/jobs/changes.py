"""Changes of whole jobs: disabled for a while, enabled again, or ended."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import JobCare, RunningTasks
from batchdoctor.cli.commands.jobs.change import change_jobs
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Jobs, named
from batchdoctor.work.changes.job_actions import DISABLE_JOB, ENABLE_JOB, TERMINATE_JOB

app = noun("job")

JobNames = Annotated[
    list[str] | None,
    typer.Argument(help="The jobs, or --job; - reads them.", metavar="[JOB]..."),
]


@command(app, "disable", live=True)
def disable(
    call: Call,
    name: JobNames = None,
    job: Jobs = None,
    *,
    tasks: RunningTasks,
    care: JobCare,
) -> int:
    """Run no more tasks of jobs, until they are enabled.

    Example: batchdoctor job disable nightly --task-completion
    """
    # The service has a word of its own for it here.
    option = "wait" if tasks.word == "taskcompletion" else tasks.word
    return change_jobs(call, DISABLE_JOB, named(name, job, call.world), option, care)


@command(app, "enable", live=True)
def enable(
    call: Call,
    name: JobNames = None,
    job: Jobs = None,
    *,
    care: JobCare,
) -> int:
    """Run the tasks of disabled jobs again.

    Example: batchdoctor job enable nightly
    """
    return change_jobs(call, ENABLE_JOB, named(name, job, call.world), "", care)


@command(app, "terminate", live=True)
def terminate(
    call: Call,
    name: JobNames = None,
    job: Jobs = None,
    reason: Annotated[
        str, typer.Option(help="What the job keeps as the reason of its end.", metavar="TEXT")
    ] = "",
    *,
    care: JobCare,
) -> int:
    """End jobs for good, and their tasks that have not ended as failed.

    Example: batchdoctor job terminate nightly --reason "wrong input"
    """
    return change_jobs(call, TERMINATE_JOB, named(name, job, call.world), reason, care)
