"""Node hours as items of an answer, and all of them in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.cost.dear import Dear
from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.spending import Amount, Part, Spending, by_purpose
from batchdoctor.core.findings.item import SubjectIds, subject_ids
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Item
from batchdoctor.core.text.step import commands_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_OF_AN_HOUR = 3600


class CostItem(Item, frozen=True, kw_only=True):
    """What the nodes of a pool spent on one purpose, or one finding with what it costs.

    Of the first kind `pool_id` and `purpose` are told, and `node_seconds` add up to those of the
    summary; of the second `finding`, and what follows it, and their hours are counted before.
    `share` is of all node hours. `usd` is None without a price of the pool.
    """

    pool_id: str | None
    purpose: Purpose | None
    node_seconds: int
    node_hours: float
    share: float
    usd: float | None
    finding: str | None = None
    severity: Severity | None = None
    subject: SubjectIds | None = None
    message: str | None = None
    stop: str | None = None
    """The step that stops it."""
    advice: tuple[str, ...] = ()
    next_commands: tuple[str, ...] = ()


class CostSummary(Item, frozen=True, kw_only=True):
    """Node hours in numbers; `usd` is that of the pools with a price, `unpriced` are the others.

    `estimated` says that the service was asked, which keeps no history; `doubts` are sentences on
    what is not told.
    """

    node_seconds: int
    node_hours: float
    usd: float | None
    estimated: bool
    doubts: tuple[str, ...]
    pools: int
    nodes: int
    runs: int
    seconds_by_purpose: Mapping[str, int]
    seconds_by_pool: Mapping[str, int]
    unpriced: tuple[str, ...]


def cost_items(parts: Sequence[Part], dear: Sequence[Dear]) -> list[CostItem]:
    """Pools by purpose, then the findings that cost most."""
    total = sum(part.seconds for part in parts)
    return [
        *(_of_part(part, total) for part in parts),
        *(_of_finding(each, total) for each in dear),
    ]


def _of_part(part: Part, total: int) -> CostItem:
    return CostItem(
        pool_id=part.pool_id,
        purpose=part.purpose,
        node_seconds=part.seconds,
        node_hours=hours(part.seconds),
        share=_share(part.seconds, total),
        usd=dollars(part.amount),
    )


def _of_finding(dear: Dear, total: int) -> CostItem:
    seconds = seconds_of(dear.amount)
    return CostItem(
        pool_id=dear.subject.pool_id,
        purpose=None,
        node_seconds=seconds,
        node_hours=hours(seconds),
        share=_share(seconds, total),
        usd=dollars(dear.amount),
        finding=dear.kind,
        severity=dear.severity,
        subject=subject_ids(dear.subject),
        message=dear.message,
        stop=str(dear.stop) if dear.stop else None,
        advice=tuple(map(str, dear.advice)),
        next_commands=commands_of(dear.advice),
    )


def cost_summary(spending: Spending, parts: Sequence[Part]) -> CostSummary:
    """All hours of the parts."""
    total = sum(part.seconds for part in parts)
    unpriced = {part.pool_id: None for part in parts if part.amount.usd is None}
    return CostSummary(
        node_seconds=total,
        node_hours=hours(total),
        usd=dollars(sum((part.amount for part in parts), Amount())),
        estimated=spending.estimated,
        doubts=tuple(doubt.text for doubt in spending.doubts),
        pools=len(seconds_by_pool(parts)),
        nodes=sum(pool.nodes for pool in spending.pools),
        runs=sum(pool.runs for pool in spending.pools),
        seconds_by_purpose={str(each): seconds for each, seconds in by_purpose(parts).items()},
        seconds_by_pool=seconds_by_pool(parts),
        unpriced=tuple(unpriced) if spending.prices else (),
    )


def seconds_by_pool(parts: Sequence[Part]) -> dict[str, int]:
    """Seconds of each pool, the largest first."""
    found: dict[str, int] = {}
    for part in parts:
        found[part.pool_id] = found.get(part.pool_id, 0) + part.seconds
    return found


def cost_checked(spending: Spending) -> tuple[Checked, ...]:
    """What was looked at, and what nobody tells."""
    looked = {
        "runs": (sum(pool.runs for pool in spending.pools), "runs"),
        "nodes": (sum(pool.nodes for pool in spending.pools), "nodes"),
        "pools": (len(spending.pools), "pools"),
    }
    return tuple(
        Checked(check=check, objects=objects, of=of, problem=_doubts(spending, check))
        for check, (objects, of) in looked.items()
    )


def _doubts(spending: Spending, check: str) -> str | None:
    return "; ".join(each.text for each in spending.doubts if each.check == check) or None


def cost_span(spending: Spending) -> Span:
    """The time in which hours were counted."""
    start, end = (_EPOCH + timedelta(microseconds=moment) for moment in spending.window)
    return Span(start, end)


def hours(seconds: int) -> float:
    """Seconds as hours."""
    return round(seconds / _SECONDS_OF_AN_HOUR, 4)


def seconds_of(amount: Amount) -> int:
    """An amount in whole seconds."""
    return round(amount.length / 1_000_000)


def dollars(amount: Amount) -> float | None:
    """An amount in dollars and cents; None without a price."""
    return None if amount.usd is None else float(round(Fraction(amount.usd), 2))


def _share(seconds: int, total: int) -> float:
    return round(seconds / total, 4) if total else 0.0
