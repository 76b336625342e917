"""The noun `pool`: why is this pool not delivering?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import one_name
from batchdoctor.cli.triage import FailOn, status_of, tell_requests

if TYPE_CHECKING:
    from batchdoctor.cli.reading import Reading
    from batchdoctor.report.findings import Findings

app = noun("pool", "Look at one pool.")


@command(app, "diagnose", live=True)
def diagnose(
    call: Call,
    name: Annotated[
        str | None, typer.Argument(help="The pool, instead of --pool.", metavar="[POOL]")
    ] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", "--pool-id", help="The pool.", metavar="POOL")
    ] = None,
    fail_on: FailOn = None,
) -> int:
    """Why is this pool not delivering?

    Example: batchdoctor pool diagnose render
    """
    from batchdoctor.cli.reading import Reading

    pool_id = one_name("pool", name, pool)
    with call.client() as client:
        reading = Reading(call, client)
        answer = _answer(reading, pool_id)
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(answer.findings, fail_on)])


def _answer(reading: Reading, pool_id: str) -> Findings:
    """Read the pool and judge it."""
    from batchdoctor.cli.last_words import with_last_words
    from batchdoctor.cli.pool_reading import read_pool
    from batchdoctor.cli.survey import Survey
    from batchdoctor.core.checks.account import account_findings, unread_findings
    from batchdoctor.core.command_line import command_line
    from batchdoctor.core.finding import worst_first
    from batchdoctor.report.findings import Findings, LookedAt
    from batchdoctor.report.head import Head
    from batchdoctor.report.pool_page import pool_blocks

    call, now = reading.call, reading.call.world.now()
    facts = read_pool(reading, pool_id, now)
    survey = Survey(reading, now, None, pools={facts.pool.id: facts})
    survey.read_jobs_of(facts)
    missed = [(each.subject, each.message) for each in reading.problems]
    found = worst_first(
        [*account_findings([facts], []), *unread_findings(missed, stopped=reading.stopped)]
    )
    return Findings(
        Head(call.command, reading.client.account.host, now),
        with_last_words(reading, found, survey.jobs),
        reading.problems,
        LookedAt(1, len(survey.jobs)),
        about=f"pool {facts.pool.id}",
        own=command_line("pool", "diagnose", pool=facts.pool.id),
        page=pool_blocks(facts),
    )
