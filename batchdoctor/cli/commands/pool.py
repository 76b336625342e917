"""The noun `pool`: why is this pool not delivering?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.triage import FailOn, status_of, tell_requests
from batchdoctor.cli.options import one_name
from batchdoctor.errors import worst

if TYPE_CHECKING:
    from batchdoctor.report.findings import Findings
    from batchdoctor.work.reading.reading import Reading

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
    from batchdoctor.work.reading.reading import Reading

    pool_id = one_name("pool", name, pool)
    with call.client() as client:
        reading = Reading(call.world, client)
        answer = _answer(call, reading, pool_id)
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(answer.findings, fail_on)])


def _answer(call: Call, reading: Reading, pool_id: str) -> Findings:
    """Read the pool and judge it."""
    from batchdoctor.core.findings.checks.account import account_findings, unread_findings
    from batchdoctor.core.findings.examined import examined
    from batchdoctor.core.findings.finding import worst_first
    from batchdoctor.core.findings.item import LookedAt
    from batchdoctor.core.text.command_line import command_line
    from batchdoctor.report.findings import Findings
    from batchdoctor.report.head import Head
    from batchdoctor.report.pool_page import pool_blocks
    from batchdoctor.work.changes.deeds import with_deeds
    from batchdoctor.work.diagnosis.account import Survey
    from batchdoctor.work.diagnosis.last_words import with_last_words
    from batchdoctor.work.diagnosis.pool_reading import read_pool

    now = call.world.now()
    facts = read_pool(reading, pool_id, now)
    survey = Survey(reading, now, None, pools={facts.pool.id: facts})
    survey.read_jobs_of(facts)
    missed = [(each.subject, each.message) for each in reading.problems]
    found = worst_first(
        [*account_findings([facts], []), *unread_findings(missed, stopped=reading.stopped)]
    )
    told = with_last_words(reading, found, survey.jobs, survey.pools)
    return Findings(
        Head(call.command, reading.client.account.host, now),
        with_deeds(call.journal(reading.client), told, [facts], now),
        reading.problems,
        LookedAt(1, len(survey.jobs)),
        about=f"pool {facts.pool.id}",
        own=command_line("pool", "diagnose", pool=facts.pool.id),
        page=pool_blocks(facts),
        checked=examined(survey.grounds),
        span=survey.grounds.span,
    )
