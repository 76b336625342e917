"""What is asked of a reckoning of node hours, and how it becomes an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from batchdoctor.core.cost.dear import Dear, dearest, watched_tasks
from batchdoctor.core.cost.prices import Price, Prices, price_of, unknown_name
from batchdoctor.core.cost.reckoning import PoolTold, Window, reckon
from batchdoctor.core.cost.runs import Runs
from batchdoctor.core.cost.spending import Doubt, Spending
from batchdoctor.core.cost.told import microseconds
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.names import folded
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import UsageError

_TABLE = "price"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which hours are asked for; empty means all. `prices` are named with the question itself.

    `usual` prices are those of the configuration file, which may know pools of other accounts.
    """

    since: datetime | None = None
    until: datetime | None = None
    pools: Sequence[str] = ()
    jobs: Sequence[str] = ()
    prices: Mapping[str, Price] = msgspec.field(default_factory=dict)
    usual: Mapping[str, Price] = msgspec.field(default_factory=dict)

    def window(self, whole: Window) -> Window:
        """The time that is asked for, of all that is told of."""
        start = microseconds(self.since) if self.since else whole.start
        end = min(microseconds(self.until), whole.end) if self.until else whole.end
        start = max(start, whole.start) if not self.since else start
        return Window(min(start, end), end)


class Reckoned(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: the hours, what is dear of them, and names that nothing has."""

    spending: Spending
    dear: Sequence[Dear]
    unknown: Sequence[Problem] = ()


def reckoned(
    wish: Wish,
    told: Sequence[PoolTold],
    runs: Runs,
    window: Window,
    findings: Sequence[Finding],
    doubts: Sequence[Doubt],
    *,
    estimated: bool = False,
) -> Reckoned:
    """Reckon all pools, and find what is dear."""
    watched = watched_tasks(findings)
    wanted = set(map(folded, wish.jobs))
    numbers = frozenset(at for at, job in enumerate(runs.jobs) if folded(job) in wanted)
    spending = Spending(
        pools=[reckon(pool, window, watched) for pool in told],
        window=window,
        jobs=runs.jobs,
        prices=Prices({**wish.usual, **wish.prices}),
        only_jobs=numbers if wish.jobs else None,
        estimated=estimated,
        doubts=doubts,
    )
    pools = [pool.runs.pool_id for pool in told]
    unknown = [
        *_unknown("pool", wish.prices, pools, "a price was given, and "),
        # A live account was asked for these themselves.
        *_unknown("pool", () if estimated else wish.pools, pools),
        *_unknown("job", () if estimated else wish.jobs, runs.jobs),
    ]
    return Reckoned(spending=spending, dear=dearest(findings, spending), unknown=unknown)


def _unknown(
    noun: str, names: Sequence[str] | Mapping[str, Price], known: Sequence[str], why: str = ""
) -> list[Problem]:
    found = []
    for name in names:
        told = unknown_name(noun, name, known)
        if told is not None:
            found.append(Problem(f"{noun} {name}", f"{why}{told}", ProblemKind.NOT_FOUND))
    return found


def prices_of(config: Mapping[str, Any], file: Path) -> dict[str, Price]:
    """The table `[price]` of the configuration file. Raises UsageError."""
    table = config.get(_TABLE, {})
    if not isinstance(table, dict):
        raise UsageError(f"{_TABLE} in {file} is no table.", hint="[price] with POOL = 0.34")
    return {name: price_of(name, told, f"[price] in {file}") for name, told in table.items()}


def told_prices(prices: Mapping[str, float]) -> dict[str, Price]:
    """Prices that a program gives. Raises UsageError."""
    return {pool_id: price_of(pool_id, told, "prices") for pool_id, told in prices.items()}
