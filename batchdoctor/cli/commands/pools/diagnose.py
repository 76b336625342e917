"""The noun `pool`: why is this pool not delivering?"""

from __future__ import annotations

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.triage import seen_for, status_of, write_findings
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnSeverity, OnePool, PoolWord, one_name
from batchdoctor.cli.reporting import Report
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import worst
from batchdoctor.report.pool_page import pool_blocks
from batchdoctor.work.diagnosis.judged import judge_pool
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading

app = noun("pool")


@command(app, "diagnose", live=True, watched=True)
def diagnose(
    call: Call,
    name: PoolWord = None,
    pool: OnePool = None,
    fail_on: FailOnSeverity = None,
    report: Report = None,
) -> int:
    """Why is this pool not delivering?

    Example: batchdoctor pool diagnose render
    """
    pool_id = one_name("pool", name, pool, call.world)
    with call.client() as client:
        reading = Reading(call.world, client, messages=messages_for(call.world.environ))
        seen = seen_for(call, None, report)
        judged = judge_pool(reading, call.journal(client), pool_id, seen=seen)
        (facts,) = judged.pools
        write_findings(
            call,
            reading,
            judged,
            about=f"pool {facts.pool.id}",
            own=command_line("pool", "diagnose", pool=facts.pool.id),
            page=pool_blocks(facts),
            report=report,
        )
    return worst([reading.status, status_of(judged.findings, fail_on)])
