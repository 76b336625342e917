"""Gathers what happened: each thing once, whoever told of it, and in bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.names import folded
from batchdoctor.core.timeline.happening import Happening, HappeningKind, Source

# So many are kept one by one; of more, those that are alike in one minute are one.
MOST_KEPT = 50_000
_MINUTE = 60
# How far apart the service and its log may tell the same thing, in seconds: both write when a run
# ended, while a retry is told by its decision here and by its start there.
_USUALLY_APART = 120.0
_APART = {
    HappeningKind.TASK_FAILED: 5.0,
    HappeningKind.TASK_RETRIED: 600.0,
    HappeningKind.AUTOSCALE_RUN: 30.0,
    HappeningKind.AUTOSCALE_ERROR: 30.0,
}


class Asked(msgspec.Struct, frozen=True):
    """What is asked about: a time, `until` excluded, and things by name; empty means any."""

    since: datetime | None = None
    until: datetime | None = None
    jobs: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    """By id, or as `POOL/NODE`."""

    def takes(self, happening: Happening) -> bool:
        """Whether it is asked about; what happened to a pool is about its jobs and nodes, too."""
        time = happening.time
        if (self.since and time < self.since) or (self.until and time >= self.until):
            return False
        return (
            (happening.job_id is None or _among(self.jobs, happening.job_id))
            and (happening.pool_id is None or _among(self.pools, happening.pool_id))
            and (
                happening.node_id is None
                or self.takes_node(happening.pool_id or "", happening.node_id)
            )
            and not (self.nodes and happening.task_id and not happening.node_id)
        )

    def takes_node(self, pool_id: str, node_id: str) -> bool:
        """Whether a node is asked about, by its id alone or with its pool."""
        return _among(self.nodes, node_id) or _among(self.nodes, f"{pool_id}/{node_id}")


class _Group(msgspec.Struct):
    """Happenings of one minute that are alike: the first, how many, and the last moment."""

    first: Happening
    count: int = 0
    last: datetime | None = None

    def add(self, happening: Happening) -> None:
        self.count += happening.count
        end = happening.until or happening.time
        self.last = end if self.last is None else max(self.last, end)
        if happening.time < self.first.time:
            self.first = happening


class Gathered:
    """Everything that happened, as it is added in any order; what is told twice is one."""

    def __init__(self, asked: Asked, most: int = MOST_KEPT) -> None:
        self._asked = asked
        self._most = most
        self._kept: list[Happening] = []
        self._places: dict[int, list[tuple[float, int]]] = {}
        self._groups: dict[tuple[object, ...], _Group] = {}

    def add(self, happening: Happening) -> None:
        """Add one that is asked about, unless it is there already."""
        if not self._asked.takes(happening):
            return
        second = happening.time.timestamp()
        places = self._places.setdefault(hash(happening.key), [])
        apart = _APART.get(happening.kind, _USUALLY_APART)
        for moment, index in places:
            if abs(moment - second) <= apart and self._is_same(index, happening, moment, second):
                return
        if len(self._kept) < self._most:
            places.append((second, len(self._kept)))
            self._kept.append(happening)
            return
        places.append((second, -1))
        key = alike(happening, int(second) // _MINUTE)
        self._groups.setdefault(key, _Group(happening)).add(happening)

    def places(self) -> Iterator[tuple[str, str]]:
        """The nodes that are named one by one, each with its pool."""
        for each in self._kept:
            if each.pool_id and each.node_id:
                yield each.pool_id, each.node_id

    def _is_same(self, index: int, happening: Happening, moment: float, second: float) -> bool:
        """Whether one that was kept is this one; if so both are remembered to have told it."""
        if index < 0:
            return True
        known = self._kept[index]
        # One source tells a thing once, but for the events that come in pairs or again.
        if known.source is happening.source and abs(moment - second) > 1.0:
            return False
        source = known.source if known.source is happening.source else Source.BOTH
        richer = happening if not known.label and happening.label else known
        self._kept[index] = replace(richer, time=known.time, source=source)
        return True

    def every(self) -> Iterator[Happening]:
        """All of them in the order of time; of very many those alike in a minute as one."""
        groups = [as_one(group.first, group.count, group.last) for group in self._groups.values()]
        yield from sorted([*self._kept, *groups], key=in_time)


def in_time(happening: Happening) -> tuple[datetime, str, str, str]:
    """The order of time; of one moment in a fixed order."""
    ids = f"{happening.pool_id}/{happening.node_id}", f"{happening.job_id}/{happening.task_id}"
    return (happening.time.astimezone(UTC), happening.kind.value, *ids)


def alike(happening: Happening, stretch: int, *, closely: bool = True) -> tuple[object, ...]:
    """The same for happenings of one stretch of time that can be told as one."""
    if not closely:
        return (happening.kind, stretch)
    return (happening.kind, happening.pool_id, happening.job_id, happening.label, stretch)


def as_one(first: Happening, count: int, last: datetime | None) -> Happening:
    """Several that are alike as one: the ids that all of them need not share are left out."""
    if count == 1:
        return first
    return replace(first, count=count, until=last, task_id=None, node_id=None, attempt=(0, 0))


def fold(
    happenings: list[Happening], limit: int, kept: Collection[HappeningKind]
) -> list[Happening]:
    """At most about `limit` of them, in the order of time: what is alike and close together is one.

    Those of the kinds in `kept` stay as they are, unless they alone are too many.
    """
    if len(happenings) <= limit:
        return happenings
    for closely in (True, False):
        for minutes in (1, 5, 15, 60, 360, 1440, 10_080):
            found = _folded(happenings, timedelta(minutes=minutes), kept, closely=closely)
            if len(found) <= limit:
                return found
    return _folded(happenings, timedelta(days=7), (), closely=False)[:limit]


def _folded(
    happenings: list[Happening],
    width: timedelta,
    kept: Collection[HappeningKind],
    *,
    closely: bool,
) -> list[Happening]:
    step = int(width.total_seconds())
    groups: dict[tuple[object, ...], _Group] = {}
    for number, each in enumerate(happenings):
        stretch = int(each.time.timestamp()) // step
        key = alike(each, stretch, closely=closely)
        if each.kind in kept or each.change:
            key = (number,)
        groups.setdefault(key, _Group(each)).add(each)
    found = [_one(group, closely=closely) for group in groups.values()]
    return sorted(found, key=in_time)


def _one(group: _Group, *, closely: bool) -> Happening:
    told = as_one(group.first, group.count, group.last)
    if closely or group.count == 1:
        return told
    return replace(told, pool_id=None, job_id=None, label="", what="of several jobs or pools")


def _among(names: frozenset[str], name: str) -> bool:
    return not names or folded(name) in names
