"""The noun `pools`: what is there?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.list_options import (
    Changed,
    PoolOrder,
    PoolState,
    Told,
    sort_option,
    state_option,
)
from batchdoctor.cli.commands.listing import write_list
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Pools, named
from batchdoctor.core.inventory.wanted import Order, Wanted
from batchdoctor.report.listed_rows import POOLS
from batchdoctor.work.inventory.lists import listed_pools

app = noun("pools")


@command(app, "list", live=True, watched=True)
def list_pools(
    call: Call,
    name: Annotated[
        list[str] | None, typer.Argument(help="Only these; - reads them.", metavar="[POOL]...")
    ] = None,
    pool: Pools = None,
    state: Annotated[list[PoolState] | None, state_option(PoolState)] = None,
    *,
    changed: Changed,
    sort: Annotated[PoolOrder | None, sort_option(PoolOrder)] = None,
    told: Told,
) -> int:
    """What pools are there, how large, and how do their nodes stand?

    Example: batchdoctor pools list --state resizing
    """
    wanted = Wanted(
        states=state or (),
        pools=named(name, pool, call.world),
        order=Order(sort) if sort else None,
    )
    return write_list(call, POOLS, wanted, listed_pools, changed, told)
