"""`nodes suspect`: which nodes should I not trust, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnAny, Jobs, MessagesFile, Pools, Since, named, parse_when
from batchdoctor.core.names import folded
from batchdoctor.core.text.step import of_jobs
from batchdoctor.errors import ExitCode, worst
from batchdoctor.report.head import only
from batchdoctor.report.suspects import SuspectNodes
from batchdoctor.work.diagnosis.suspects import Suspects, find_suspects
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading

app = noun("nodes")


class Verdict(StrEnum):
    """Values of `--verdict`."""

    BROKEN = "broken"
    SUSPECT = "suspect"
    WATCH = "watch"


@command(app, "suspect", live=True, watched=True)
def suspect(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="Only of these pools; - reads them.", metavar="[POOL]..."),
    ] = None,
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
    verdict: Annotated[
        list[Verdict] | None,
        typer.Option(help="Only broken, suspect or watch; may be given again.", metavar="VERDICT"),
    ] = None,
    parked: Annotated[
        bool, typer.Option("--parked", help="Also nodes that somebody took out of scheduling.")
    ] = False,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which nodes should I not trust, and why?

    Example: batchdoctor nodes suspect --pool render --since 6h
    """
    pools = named(name, pool, call.world)
    earliest = parse_when(since, "--since", call.world.now())
    known = messages_for(call.world.environ, messages)
    verdicts = [each.value for each in verdict or ()]
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        found = find_suspects(
            reading,
            pools=pools,
            jobs=job,
            since=earliest,
            min_failures=min_failures,
            exact=exact,
            verdicts=verdicts,
            parked=parked,
        )
        left_out = (*only("pool", pools), *only("job", job), *only("verdict", verdicts))
        call.write(_answer(call, reading, found, left_out, job or ()).document())
        call.finish(reading)
    suspected = ExitCode.FINDINGS if fail_on and found.suspects else ExitCode.OK
    return worst([reading.status, suspected])


def _answer(
    call: Call,
    reading: Reading,
    found: Suspects,
    left_out: tuple[str, ...],
    jobs: Sequence[str],
) -> SuspectNodes:
    # Each once, and as the service spells it.
    asked = {folded(each): each for each in jobs}
    asked |= {
        folded(each): each for node in found.suspects for each in node.jobs if folded(each) in asked
    }
    without = (f"without {found.parked:,} parked",) if found.parked else ()
    return SuspectNodes(
        call.head(
            reading.client, at=found.span.until, span=found.span, left_out=(*left_out, *without)
        ),
        [
            replace(node, advice=call.steps(of_jobs(node.advice, asked.values())))
            for node in found.suspects
        ],
        reading.problems,
        nodes=found.nodes,
        pools=found.pools,
        jobs=found.jobs,
    )
