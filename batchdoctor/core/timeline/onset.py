"""Since when something fails, and what changed just before: as a value, and among all else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.findings.checks.rise_told import to_the_minute
from batchdoctor.core.names import folded, same_id
from batchdoctor.core.suspicion.changed_before import (
    just_before,
)
from batchdoctor.core.timeline.happening import CHANGES, Happening, HappeningKind, Source


class Onset(msgspec.Struct, frozen=True, kw_only=True):
    """Since when something fails, until when if it is over, and what changed just before.

    `rank` orders the onsets of an account: what most jobs share before what one job or node does.
    """

    since: datetime
    until: datetime | None
    say: str
    label: str
    """The same in a few words."""
    over: str = ""
    """What happened at `until`, in a few words."""
    rank: int
    failures: int
    pools: tuple[str, ...] = ()
    job_id: str | None = None
    node_id: str | None = None
    nodes: tuple[tuple[str, str], ...] = ()
    """The nodes that turned bad, each with its pool."""
    changes: tuple[str, ...] = ()
    source: Source = Source.LIVE

    def is_of_the_same(self, other: Onset) -> bool:
        """Whether another one is about the same job, about some of the same nodes, or like it."""
        if self.job_id or other.job_id:
            return same_id(self.job_id, other.job_id)
        if self.nodes or other.nodes:
            return bool(set(self.nodes) & set(other.nodes))
        return self.label == other.label


def merged(live: Iterable[Onset], logged: Iterable[Onset]) -> list[Onset]:
    """Each thing that fails once, as the account tells it unless its log tells more of it."""
    left, found = list(logged), []
    for each in live:
        known = next((other for other in left if other.is_of_the_same(each)), None)
        if known is None:
            found.append(each)
            continue
        left.remove(known)
        better = known if known.rank < each.rank else each
        found.append(replace(better, source=Source.BOTH, changes=each.changes))
    return in_order([*found, *left])


def in_order(onsets: Iterable[Onset]) -> list[Onset]:
    """What goes on and what most share first, then by failures."""
    return sorted(
        onsets, key=lambda each: (each.until is not None, each.rank, -each.failures, each.since)
    )


def with_changes(onset: Onset, happenings: Iterable[Happening]) -> Onset:
    """The same with the changes that only a log tells."""
    told = [
        f"Pool {each.pool_id}: {each.what} at {to_the_minute(each.time)}."
        for each in happenings
        if each.source is Source.LOG and is_change(onset, each)
    ]
    return replace(onset, changes=(*onset.changes, *dict.fromkeys(told)))


def is_change(onset: Onset, happening: Happening) -> bool:
    """Whether something that happened may have brought an onset: just before, and where it is."""
    return (
        happening.kind in CHANGES
        and just_before(onset.since, happening.time)
        and (not onset.pools or not happening.pool_id or _within(onset, happening.pool_id))
    )


def happenings_of(onset: Onset) -> Iterator[Happening]:
    """The moments of an onset among everything else that happened."""
    pool_id = onset.pools[0] if len(onset.pools) == 1 else None

    def of(time: datetime, kind: HappeningKind, what: str) -> Happening:
        return Happening(
            time=time,
            kind=kind,
            what=what,
            pool_id=pool_id,
            job_id=onset.job_id,
            node_id=onset.node_id,
            source=onset.source,
        )

    yield of(onset.since, HappeningKind.ONSET, onset.say.rstrip("."))
    if onset.until is not None and onset.over:
        yield of(onset.until, HappeningKind.ONSET_OVER, onset.over)


def _within(onset: Onset, pool_id: str) -> bool:
    return folded(pool_id) in map(folded, onset.pools)
