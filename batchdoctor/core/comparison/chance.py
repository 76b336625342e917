"""Tests of whether two runs differ by more than chance: exact for counts, by ranks for durations.

Two-sided; tasks are compared with tasks of their own kind, so that more long tasks make no run
slow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from batchdoctor.core.suspicion.ranks import ranks_of
from batchdoctor.core.suspicion.tail_probability import Stratum, upper_tail

# Below this a probability by ranks is only known to be smaller.
_SMALLEST = 1e-18


class Share(msgspec.Struct, frozen=True):
    """So many of so many tasks of one kind."""

    count: int
    of: int


def counts_differ(then: Mapping[str, Share], now: Mapping[str, Share]) -> float:
    """The probability of shares at least so different, kind by kind; 1 where none can be compared.

    The exact test of Fisher; over several kinds that of Mantel and Haenszel.
    """
    kinds = [kind for kind in now if kind in then and now[kind].of and then[kind].of]
    if not kinds:
        return 1.0
    more = upper_tail([_stratum(now[kind], then[kind]) for kind in kinds])
    fewer = upper_tail([_stratum(then[kind], now[kind]) for kind in kinds])
    return min(1.0, 2 * min(more, fewer))


def least_possible(then: Mapping[str, Share], now: Mapping[str, Share]) -> float:
    """The least probability that a test of so many of so many can give, however they are dealt."""
    dealt = {
        kind: (_most(now[kind], then[kind]), _most(then[kind], now[kind]))
        for kind in now
        if kind in then
    }
    none_then = {kind: each[0] for kind, each in dealt.items()}
    none_now = {kind: each[1] for kind, each in dealt.items()}
    return min(
        counts_differ(
            {kind: rest for kind, (_, rest) in side.items()},
            {kind: most for kind, (most, _) in side.items()},
        )
        for side in (none_then, none_now)
    )


def _most(here: Share, elsewhere: Share) -> tuple[Share, Share]:
    """As many as there can be here, and what is left for elsewhere."""
    total = here.count + elsewhere.count
    most = min(total, here.of)
    return Share(most, here.of), Share(total - most, elsewhere.of)


def _stratum(here: Share, elsewhere: Share) -> Stratum:
    return Stratum(
        runs=here.of,
        failures=here.count,
        runs_elsewhere=elsewhere.of,
        failures_elsewhere=elsewhere.count,
    )


def ranks_differ(then: Sequence[float], now: Sequence[float]) -> float:
    """The probability of ranks at least so different, if both were of one kind (Wilcoxon)."""
    size, count = len(then) + len(now), len(now)
    if not then or not now:
        return 1.0
    ranks, spread = ranks_of([*then, *now])
    excess = sum(ranks[each] for each in now) - count * (size + 1) / 2
    return _both_sides(excess, count * len(then) * (size + 1) / 12 * spread)


def pairs_differ(changes: Sequence[float]) -> float:
    """The probability of changes at least so one-sided, if each were as likely up as down.

    `changes` are of pairs, such as of one task then and now (the signed ranks of Wilcoxon).
    """
    moved = [each for each in changes if each]
    if len(moved) < 2:  # noqa: PLR2004 - one change has no rank
        return 1.0
    ranks, _ = ranks_of([abs(each) for each in moved])
    excess = sum(math.copysign(ranks[abs(each)], each) for each in moved)
    return _both_sides(excess, sum(ranks[abs(each)] ** 2 for each in moved))


def _both_sides(excess: float, variance: float) -> float:
    if variance <= 0:
        return 1.0
    return max(_SMALLEST, math.erfc(abs(excess) / math.sqrt(2 * variance)))
