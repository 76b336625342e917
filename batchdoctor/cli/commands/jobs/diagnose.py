"""`job diagnose`: why is this job stuck or failing?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.triage import seen_for, status_of, write_findings
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import (
    FailOnSeverity,
    JobWord,
    MessagesFile,
    OneJob,
    Since,
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


@command(app, "diagnose", live=True, watched=True)
def diagnose(
    call: Call,
    name: JobWord = None,
    job: OneJob = None,
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
        seen = seen_for(call, earliest, report)
        judged = judge_job(reading, journal, job_id, earliest, exact=exact, seen=seen)
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
