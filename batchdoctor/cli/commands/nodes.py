"""The noun `nodes`: which nodes should I not trust, and why?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import FailOnAny, Jobs, Pools, Since, parse_when
from batchdoctor.errors import ExitCode, worst

if TYPE_CHECKING:
    from batchdoctor.work.diagnosis.runs import RunsReading

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
    from batchdoctor.work.diagnosis.runs import RunsReading
    from batchdoctor.work.reading.reading import Reading

    earliest = parse_when(since, "--since", call.world.now())
    with call.client() as client:
        reading = Reading(call.world, client)
        # The counters cover the whole life of jobs and nodes, and say nothing of a span of time.
        counted = exact or earliest is not None
        incident = RunsReading(reading, pool, job, earliest)
        found = _show_suspects(call, incident, min_failures, counted=counted)
        reading.finish()
    return worst([reading.status, ExitCode.FINDINGS if fail_on and found else ExitCode.OK])


def _show_suspects(call: Call, incident: RunsReading, min_failures: int, *, counted: bool) -> int:
    """Read the nodes and what ran on them, write the answer, and say how many are suspect."""
    from batchdoctor.core.checked import Span
    from batchdoctor.core.suspicion.suspect_node import suspect_nodes
    from batchdoctor.report.head import Head
    from batchdoctor.report.suspects import SuspectNodes

    now = call.world.now()
    incident.read_nodes()
    suspicions = incident.suspicions(min_failures=min_failures, exact=counted)
    suspects = suspect_nodes(incident.nodes, suspicions, now)
    answer = SuspectNodes(
        Head(call.command, incident.reading.client.account.host, now),
        suspects,
        incident.reading.problems,
        nodes=len(incident.nodes),
        pools=len(incident.pools),
        jobs=incident.jobs,
        span=Span(incident.since, now),
    )
    call.write(answer.document())
    return len(suspects)
