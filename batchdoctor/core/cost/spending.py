"""All that node hours were spent on, of some pools in some time, and what cannot be told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from batchdoctor.core.cost.prices import Prices
from batchdoctor.core.cost.purpose import FREE, PURPOSES, Purpose
from batchdoctor.core.cost.reckoning import PoolSpent, Window
from batchdoctor.core.names import folded

_SECOND = 1_000_000


class Amount(msgspec.Struct, frozen=True):
    """Node hours in microseconds, and in dollars where the pools have prices.

    Of several pools `usd` is what those with a price come to.
    """

    length: Fraction = Fraction()
    usd: Fraction | None = None

    def __add__(self, other: Amount) -> Amount:
        told = [each for each in (self.usd, other.usd) if each is not None]
        return Amount(self.length + other.length, sum(told, Fraction()) if told else None)


class Doubt(msgspec.Struct, frozen=True):
    """Something that is not told, and so a part of the answer is not exact; a part of a sentence.

    `check` is which part of the reckoning it is about.
    """

    check: str
    text: str


class Part(msgspec.Struct, frozen=True):
    """What a pool's nodes spent on one purpose; the `seconds` of all parts add up to the whole."""

    pool_id: str
    purpose: Purpose
    amount: Amount
    seconds: int


class Spending(msgspec.Struct, kw_only=True):
    """The reckoning of all pools.

    With `only_jobs`, numbers of jobs, the hours are those of their runs and of nothing else.
    `estimated` says that the hours come from what the service tells now, not from a log.
    """

    pools: Sequence[PoolSpent]
    window: Window
    jobs: Sequence[str]
    prices: Prices = msgspec.field(default_factory=Prices)
    only_jobs: frozenset[int] | None = None
    estimated: bool = False
    doubts: Sequence[Doubt] = ()

    def of_pool(self, pool: PoolSpent) -> dict[Purpose, Fraction]:
        """What is shown of a pool, by purpose."""
        if self.only_jobs is None:
            return pool.by_purpose
        found: dict[Purpose, Fraction] = {}
        for job in self.only_jobs:
            for purpose, length in pool.by_job.get(job, {}).items():
                found[purpose] = found.get(purpose, Fraction()) + length
        return found

    def parts(self) -> list[Part]:
        """Every purpose of every pool, the largest pool first; nothing for what took no time."""
        rows = [
            (pool, purpose, length)
            for pool in sorted(self.pools, key=self._largest_first)
            for purpose, length in sorted(
                self.of_pool(pool).items(), key=lambda item: PURPOSES.index(item[0])
            )
            if length
        ]
        seconds = whole_seconds([length for _, _, length in rows])
        return [
            Part(pool.pool_id, purpose, self.amount(pool, purpose, length), whole)
            for (pool, purpose, length), whole in zip(rows, seconds, strict=True)
        ]

    def _largest_first(self, pool: PoolSpent) -> tuple[Fraction, str]:
        return -sum(self.of_pool(pool).values(), Fraction()), pool.pool_id

    def amount(self, pool: PoolSpent, purpose: Purpose, length: Fraction) -> Amount:
        """Hours of a pool with their price; some cost nothing."""
        charged = Fraction() if purpose in FREE else length
        return Amount(length, self.prices.of(pool.pool_id, charged))

    def of_jobs(self, job_ids: Iterable[str], purposes: Iterable[Purpose]) -> Amount:
        """What runs of some jobs took for some purposes."""
        wanted = set(map(folded, job_ids))
        numbers = [number for number, job in enumerate(self.jobs) if folded(job) in wanted]
        return self._sum(
            (pool, purpose, pool.by_job.get(number, {}).get(purpose))
            for pool in self.pools
            for number in numbers
            for purpose in purposes
        )

    def of_nodes(
        self, pool_id: str, node_ids: Iterable[str], purposes: Iterable[Purpose]
    ) -> Amount:
        """What some nodes of a pool spent on some purposes."""
        names = set(map(folded, node_ids))
        return self._sum(
            (pool, purpose, amounts.get(purpose))
            for pool in self._pools(pool_id)
            for node, amounts in pool.by_node.items()
            if folded(node) in names
            for purpose in purposes
        )

    def of_whole_pool(self, pool_id: str, purposes: Iterable[Purpose]) -> Amount:
        """What a pool spent on some purposes."""
        return self._sum(
            (pool, purpose, pool.by_purpose.get(purpose))
            for pool in self._pools(pool_id)
            for purpose in purposes
        )

    def of_tasks(self, tasks: Iterable[int]) -> Amount:
        """What tasks took that were watched."""
        return self._sum(
            (pool, Purpose.RUNNING, pool.by_task.get(task)) for pool in self.pools for task in tasks
        )

    def _pools(self, pool_id: str) -> Iterator[PoolSpent]:
        return (pool for pool in self.pools if folded(pool.pool_id) == folded(pool_id))

    def _sum(self, found: Iterable[tuple[PoolSpent, Purpose, Fraction | None]]) -> Amount:
        total = Amount()
        for pool, purpose, length in found:
            if length:
                total += self.amount(pool, purpose, length)
        return total


def whole_seconds(lengths: Sequence[Fraction]) -> list[int]:
    """Microseconds as whole seconds that add up to the whole seconds of them all.

    Each is rounded down, and the seconds that are missing go to those that lost most.
    """
    exact = [length / _SECOND for length in lengths]
    found = [int(each) for each in exact]
    missing = round(sum(exact, Fraction())) - sum(found)
    by_loss = sorted(range(len(exact)), key=lambda at: (found[at] - exact[at], at))
    for at in by_loss[:missing]:
        found[at] += 1
    return found


def by_purpose(parts: Iterable[Part]) -> Mapping[Purpose, int]:
    """Seconds of all pools by purpose, in the order of purposes."""
    found: dict[Purpose, int] = {}
    for part in parts:
        found[part.purpose] = found.get(part.purpose, 0) + part.seconds
    return {purpose: found[purpose] for purpose in PURPOSES if purpose in found}
