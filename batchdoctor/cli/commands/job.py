"""The noun `job`: why is this job stuck or failing, and the changes to a whole job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import Care, JobCare, RunningTasks
from batchdoctor.cli.commands.triage import status_of, write_findings
from batchdoctor.cli.options import (
    FailOnSeverity,
    Jobs,
    MessagesFile,
    Since,
    named,
    one_name,
    parse_when,
)
from batchdoctor.cli.reporting import Report
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import worst
from batchdoctor.report.job_page import job_blocks
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.diagnosis.judged import judge_job
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading

app = noun("job")

JobNames = Annotated[
    list[str] | None,
    typer.Argument(help="The jobs, or --job; - reads them.", metavar="[JOB]..."),
]


@command(app, "diagnose", live=True, watched=True)
def diagnose(
    call: Call,
    name: Annotated[
        str | None, typer.Argument(help="The job, instead of --job.", metavar="[JOB]")
    ] = None,
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="The job.", metavar="JOB")
    ] = None,
    since: Since = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="List all tasks, however many, to check the counts.")
    ] = False,
    messages: MessagesFile = None,
    fail_on: FailOnSeverity = None,
    report: Report = None,
) -> int:
    """Why is this job stuck or failing?

    Example: batchdoctor job diagnose nightly
    """
    job_id = one_name("job", name, job, call.world)
    earliest = parse_when(since, "--since", call.world.now())
    known = messages_for(call.world.environ, messages)
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        journal = call.journal(client)
        judged = judge_job(reading, journal, job_id, earliest, exact=exact)
        (facts,) = judged.jobs
        write_findings(
            call,
            reading,
            judged,
            about=f"job {facts.job.id}",
            own=command_line("job", "diagnose", job=facts.job.id),
            page=job_blocks(facts),
            report=report,
        )
        tell_unended(journal, [facts.job.id])
    return worst([reading.status, status_of(judged.findings, fail_on)])


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
    return _change(call, "disable", named(name, job, call.world), option, care)


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
    return _change(call, "enable", named(name, job, call.world), "", care)


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
    return _change(call, "terminate", named(name, job, call.world), reason, care)


def _change(call: Call, verb: str, names: Sequence[str], option: str, care: Care) -> int:
    # What a diagnosis has no use for.
    from batchdoctor.cli.commands.job_change import change_jobs
    from batchdoctor.work.changes.job_actions import DISABLE_JOB, ENABLE_JOB, TERMINATE_JOB

    action = {each.name: each for each in (DISABLE_JOB, ENABLE_JOB, TERMINATE_JOB)}[verb]
    return change_jobs(call, action, names, option, care)
