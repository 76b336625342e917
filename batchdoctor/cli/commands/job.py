"""The noun `job`: why is this job stuck or failing?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.triage import FailOn, status_of, tell_requests
from batchdoctor.cli.options import Since, one_name, parse_when
from batchdoctor.errors import worst

if TYPE_CHECKING:
    from batchdoctor.report.findings import Findings
    from batchdoctor.work.diagnosis.job import JobSurvey

app = noun("job", "Look at one job.")


@command(app, "diagnose", live=True)
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
    fail_on: FailOn = None,
) -> int:
    """Why is this job stuck or failing?

    Example: batchdoctor job diagnose nightly
    """
    from batchdoctor.work.diagnosis.job import JobSurvey
    from batchdoctor.work.reading.reading import Reading

    job_id = one_name("job", name, job)
    now = call.world.now()
    earliest = parse_when(since, "--since", now)
    with call.client() as client:
        reading = Reading(call.world, client)
        answer = _answer(call, JobSurvey(reading, now, earliest), job_id, exact=exact)
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(answer.findings, fail_on)])


def _answer(call: Call, survey: JobSurvey, job_id: str, *, exact: bool) -> Findings:
    """Read the job and judge it."""
    from batchdoctor.core.checked import Span
    from batchdoctor.core.findings.checks.account import job_findings, unread_findings
    from batchdoctor.core.findings.examined import Grounds, examined
    from batchdoctor.core.findings.item import LookedAt
    from batchdoctor.core.text.command_line import command_line
    from batchdoctor.report.findings import Findings
    from batchdoctor.report.head import Head
    from batchdoctor.report.job_page import job_blocks
    from batchdoctor.work.changes.deeds import with_deeds
    from batchdoctor.work.diagnosis.last_words import with_last_words

    reading = survey.reading
    facts = survey.read(job_id, exact=exact)
    missed = [(each.subject, each.message) for each in reading.problems]
    unread = unread_findings(missed, stopped=reading.stopped)
    pools = [facts.pool] if facts.pool else []
    unread_lists = () if facts.pool or not facts.pool_exists or not facts.pool_id else ("pools",)
    grounds = Grounds(
        pools=pools, jobs=[facts], span=Span(survey.since, survey.at), unread=unread_lists
    )
    near = {pool.pool.id: pool for pool in pools}
    told = with_last_words(reading, job_findings(facts), {facts.job.id: facts}, near)
    return Findings(
        Head(call.command, reading.client.account.host, survey.at),
        [*with_deeds(call.journal(reading.client), told, pools, survey.at), *unread],
        reading.problems,
        LookedAt(int(facts.pool is not None), 1),
        about=f"job {facts.job.id}",
        own=command_line("job", "diagnose", job=facts.job.id),
        page=job_blocks(facts),
        checked=examined(grounds),
        span=grounds.span,
    )
