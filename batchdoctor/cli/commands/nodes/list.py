"""`nodes list`: which nodes are there, and how do they stand?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.list_options import (
    Changed,
    NodeIds,
    NodeOrder,
    NodeState,
    Told,
    sort_option,
    state_option,
)
from batchdoctor.cli.commands.listing import write_list
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Pools, named
from batchdoctor.core.inventory.wanted import Order, Wanted
from batchdoctor.report.listed_rows import NODES
from batchdoctor.work.inventory.lists import listed_nodes

app = noun("nodes")


@command(app, "list", live=True, watched=True)
def list_nodes(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="Only of these pools; - reads them.", metavar="[POOL]..."),
    ] = None,
    pool: Pools = None,
    state: Annotated[list[NodeState] | None, state_option(NodeState)] = None,
    job: Annotated[
        list[str] | None,
        typer.Option("--job", "--job-id", help="Only that ran it lately.", metavar="JOB"),
    ] = None,
    node: NodeIds = None,
    *,
    changed: Changed,
    sort: Annotated[NodeOrder | None, sort_option(NodeOrder)] = None,
    told: Told,
) -> int:
    """Which nodes are there, in which state, and how many of their tasks failed?

    Example: batchdoctor nodes list --pool render --state unusable
    """
    wanted = Wanted(
        states=state or (),
        pools=named(name, pool, call.world),
        jobs=job or (),
        nodes=node or (),
        order=Order(sort) if sort else None,
    )
    return write_list(call, NODES, wanted, listed_nodes, changed, told)
