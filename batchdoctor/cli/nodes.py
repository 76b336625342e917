"""The noun `nodes`: which nodes should I not trust, and why?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, parse_when
from batchdoctor.errors import ExitCode

app = noun("nodes", "Ask about many nodes.")


@command(app, "suspect", live=True)
def suspect(
    call: Call,
    pool: Pools = None,
    job: Jobs = None,
    since: Since = None,
    min_failures: Annotated[
        int, typer.Option(help="Suspect no node with fewer failures.", min=1, metavar="N")
    ] = 2,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="List every task, as --since does, not estimate from counters."
        ),
    ] = False,
    fail_on: FailOnAny = None,
) -> int:
    """Which nodes should I not trust, and why?

    Example: batchdoctor nodes suspect --pool render --since 6h
    """
    from batchdoctor.cli.incident import Incident
    from batchdoctor.cli.reading import Reading
    from batchdoctor.core.suspect_node import suspect_nodes
    from batchdoctor.core.suspicion import judge
    from batchdoctor.report.head import Head
    from batchdoctor.report.suspects import SuspectNodes

    now: datetime = call.world.now()
    earliest = parse_when(since, "--since", now)
    with call.client() as client:
        reading = Reading(call, client)
        incident = Incident(reading, pool, job, earliest)
        incident.read_nodes()
        # The counters cover the whole life of jobs and nodes, and say nothing of a span of time.
        counted = exact or earliest is not None
        counts = incident.counted_runs() if counted else incident.estimated_runs()
        suspects = suspect_nodes(incident.nodes, judge(counts, min_failures=min_failures), now)
        answer = SuspectNodes(
            Head(call.command, client.account.host, now),
            suspects,
            reading.problems,
            nodes=len(incident.nodes),
            pools=len(incident.pools),
        )
        call.write(answer.document())
        reading.finish()
    found = ExitCode.FINDINGS if fail_on and suspects else ExitCode.OK
    return worst([reading.status, found])
