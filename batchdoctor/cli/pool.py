"""The noun `pool`: why is this pool not delivering?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.triage import FailOn, status_of, tell_requests

app = noun("pool", "Look at one pool.")


@command(app, "diagnose", live=True)
def diagnose(
    call: Call,
    pool: Annotated[str, typer.Option("--pool", "--pool-id", help="The pool.", metavar="POOL")],
    fail_on: FailOn = None,
) -> int:
    """Why is this pool not delivering?

    Example: batchdoctor pool diagnose --pool render
    """
    from batchdoctor.cli.last_words import with_last_words
    from batchdoctor.cli.pool_reading import read_pool
    from batchdoctor.cli.reading import Reading
    from batchdoctor.cli.survey import Survey
    from batchdoctor.core.checks.account import account_findings, unread_findings
    from batchdoctor.core.command_line import command_line
    from batchdoctor.core.finding import worst_first
    from batchdoctor.report.findings import Findings, LookedAt
    from batchdoctor.report.head import Head
    from batchdoctor.report.pool_page import pool_blocks

    now = call.world.now()
    with call.client() as client:
        reading = Reading(call, client)
        facts = read_pool(reading, pool, now)
        survey = Survey(reading, now, None, pools={pool: facts})
        survey.read_jobs_of(facts)
        found = account_findings([facts], [])
        unread = unread_findings([(each.subject, each.message) for each in reading.problems])
        answer = Findings(
            Head(call.command, client.account.host, now),
            with_last_words(reading, worst_first([*found, *unread]), survey.jobs),
            reading.problems,
            LookedAt(1, len(survey.jobs)),
            about=f"pool {facts.pool.id}",
            own=command_line("pool", "diagnose", pool=pool),
            page=pool_blocks(facts),
        )
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(answer.findings, fail_on)])
