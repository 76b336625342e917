"""The command `cost`: node hours by pool, and what they were spent on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.options import FailOn, FailOnAny, Jobs, Pools, named, parse_when, refuse_empty
from batchdoctor.cli.piped import piped_bytes
from batchdoctor.core.checked import Span
from batchdoctor.core.cost.prices import parse_prices
from batchdoctor.core.findings.acceptance import parse_settings
from batchdoctor.core.problem import Problem
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.costs import Costs
from batchdoctor.report.head import Head, only
from batchdoctor.work.configuration import read_config
from batchdoctor.work.cost.live import live_cost
from batchdoctor.work.cost.logs import LogCost
from batchdoctor.work.cost.wish import Reckoned, Wish, prices_of
from batchdoctor.work.reading.reading import Reading

app = verb()


@command(app, "cost", live=True, watched=True)
def cost(
    call: Call,
    since: Annotated[
        str | None,
        typer.Option(help="Hours since: 6h, today. [24h; of logs all]", metavar="WHEN"),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Hours until: 6h, today, 22:30.", metavar="WHEN")
    ] = None,
    pool: Pools = None,
    job: Jobs = None,
    events: Annotated[
        list[str] | None,
        typer.Option(help="Reckon from event logs: file, folder, -.", metavar="PATH"),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option(help="USD for an hour of a node: POOL=0.34.", metavar="POOL=USD"),
    ] = None,
    fail_on: FailOnAny = None,
) -> int:
    """What were the hours of the nodes spent on, and what did it cost?

    Prices may stand in the table [price] of the configuration file, too.

    Example: batchdoctor cost --since 2d --price render=0.34
    """
    names = named(None, pool, call.world), named(None, job, call.world)
    wish = _wish(call, (since, until), *names, price or (), of_logs=bool(events))
    if events:
        return _from_logs(call, events, wish, fail_on)

    config, source = read_config(call.world.environ)
    with call.client() as client:
        reading = Reading(call.world, client)
        accepted = parse_settings(config, str(source)).ignore
        found = live_cost(reading, call.journal(client), wish, accepted=accepted)
        head = call.head(client, span=_span(call, wish), left_out=_left_out(wish))
        _write(call, head, found, reading.problems)
        call.finish(reading)
    return worst([reading.status, _status(found, fail_on)])


def _from_logs(call: Call, paths: Sequence[str], wish: Wish, fail_on: FailOn | None) -> int:
    if call.replay is not None:
        raise UsageError(
            f"Hours are asked for both of {call.replay.path} and of event logs.",
            hint="leave out --events, or --from and BATCHDOCTOR_FROM",
        )
    refuse_empty(paths)
    stdin = piped_bytes(call.world) if "-" in paths else None
    reading = LogCost(call.world, paths, wish, stdin)
    found = reading.reckoned()
    span = Span(wish.since, wish.until)
    head = call.head(source="event logs", span=span, left_out=_left_out(wish))
    _write(call, head, found, reading.problems)
    return worst([reading.status, _status(found, fail_on)])


def _wish(
    call: Call,
    times: tuple[str | None, str | None],
    pools: Sequence[str],
    jobs: Sequence[str],
    prices: Sequence[str],
    *,
    of_logs: bool,
) -> Wish:
    """What is asked for. Raises UsageError."""
    now = call.world.now()
    # A log is reckoned whole.
    usual = None if of_logs else call.last_day()
    since = parse_when(times[0], "--since", now) or usual
    until = parse_when(times[1], "--until", now)
    if since and until and since >= until:
        raise UsageError("--since must be before --until.", hint="--since 6h --until 1h")
    config, source = read_config(call.world.environ)
    return Wish(
        since=since,
        until=until,
        pools=pools,
        jobs=jobs,
        prices=parse_prices(prices),
        usual=prices_of(config, source),
    )


def _write(call: Call, head: Head, found: Reckoned, problems: Sequence[Problem]) -> None:
    answer = Costs(
        head,
        found.spending,
        found.dear,
        [*problems, *found.unknown],
        wordy=call.shared.verbose,
    )
    call.write(answer.document())


def _status(found: Reckoned, fail_on: FailOn | None) -> ExitCode:
    """Status of the names that nothing has, and of what was found."""
    if found.unknown:
        return ExitCode.NOT_FOUND
    return ExitCode.FINDINGS if fail_on and found.dear else ExitCode.OK


def _span(call: Call, wish: Wish) -> Span:
    return Span(wish.since, wish.until or call.world.now())


def _left_out(wish: Wish) -> tuple[str, ...]:
    return (*only("job", wish.jobs), *only("pool", wish.pools))
