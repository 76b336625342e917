"""`events rule`: the Bicep of an alert rule that asks what `--kql` asks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import MOST, Jobs, Pools, parse_span
from batchdoctor.errors import ExitCode
from batchdoctor.events.alert_rule import AlertRule, bicep, duration_of
from batchdoctor.events.selection import Selection

app = noun("events")


_LONGEST_PAUSE = 1440


class RuleShow(StrEnum):
    """Values of `--show` whose rows are what is wrong."""

    FAILURES = "failures"
    NODES = "nodes"
    UNFINISHED = "unfinished"
    EVENTS = "events"


@command(app, "rule", writes=False)
def rule(
    call: Call,
    show: Annotated[
        RuleShow,
        typer.Option(help="failures, nodes, unfinished or events.", metavar="WHAT"),
    ] = RuleShow.FAILURES,
    job: Jobs = None,
    pool: Pools = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", "--node-id", help="Only this node.", metavar="NODE"),
    ] = None,
    above: Annotated[
        int, typer.Option(help="Raise an alert for more rows than this.", min=0, max=MOST)
    ] = 0,
    window: Annotated[
        str, typer.Option(help="How far back each look goes.", metavar="SPAN")
    ] = "15m",
    every: Annotated[str, typer.Option(help="How often to look.", metavar="SPAN")] = "5m",
    severity: Annotated[
        int, typer.Option(help="0 (critical) to 4 (verbose).", min=0, max=4, metavar="N")
    ] = 2,
    name: Annotated[
        str | None, typer.Option(help="Name of the rule: batch-WHAT unless given.", metavar="NAME")
    ] = None,
) -> int:
    """Print the Bicep of an Azure Monitor rule that raises an alert on these events.

    It asks what `events parse --kql` asks, of a Log Analytics workspace. Logs arrive there some
    minutes late, so a window shorter than 15m may miss some.

    Example: batchdoctor events rule --job nightly --above 5 > rule.bicep
    """
    made = AlertRule(
        selection=Selection(
            jobs=frozenset(job or ()), pools=frozenset(pool or ()), nodes=frozenset(node or ())
        ),
        show=show.value,
        name=name if name is not None else f"batch-{show.value}",
        window=duration_of(parse_span(window, "--window") or 0, "--window"),
        every=duration_of(parse_span(every, "--every") or 0, "--every", _LONGEST_PAUSE),
        above=above,
        severity=severity,
    )
    call.world.output.write(bicep(made))
    return ExitCode.OK
