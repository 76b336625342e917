"""The noun `pools`: what is there?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.list_options import (
    ChangedSince,
    ChangedUntil,
    Limit,
    PoolOrder,
    PoolState,
    sort_option,
    state_option,
)
from batchdoctor.cli.commands.listing import in_time, write_list
from batchdoctor.cli.options import FailOnAny, Pools, named
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
    since: ChangedSince = None,
    until: ChangedUntil = None,
    sort: Annotated[PoolOrder | None, sort_option(PoolOrder)] = None,
    limit: Limit = None,
    fail_on: FailOnAny = None,
) -> int:
    """What pools are there, how large, and how do their nodes stand?

    Example: batchdoctor pools list --state resizing
    """
    wanted = Wanted(
        states=state or (),
        pools=named(name, pool, call.world),
        order=Order(sort) if sort else None,
        limit=limit,
    )
    return write_list(call, POOLS, in_time(call, wanted, since, until), listed_pools, fail_on)
