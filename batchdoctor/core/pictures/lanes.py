"""Happenings laid out in lanes over time: how many in each stretch, and of which kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from batchdoctor.core.suspicion.history import moment
from batchdoctor.core.timeline.happening import (
    ARRIVALS,
    DEPLOYMENTS,
    FAILURES,
    ONSETS,
    RESIZES,
    Happening,
    HappeningKind,
)

BINS = 60
_SHORTEST = 60
_MOST_JOBS = 2
_FEWEST_JOBS = 2
# A job with fewer failures, or a smaller part of them, has no lane of its own.
_FEWEST_FAILURES = 3
_SMALLEST_PART = 0.05

# Of the kinds that share a stretch the first here is shown, the worst before the usual.
SIGNS: Mapping[HappeningKind, tuple[str, str]] = {
    HappeningKind.RESIZE_FAILED: ("!", "failed"),
    HappeningKind.AUTOSCALE_ERROR: ("!", "failed"),
    HappeningKind.START_TASK_FAILED: ("!", "failed"),
    HappeningKind.POOL_DELETED: ("D", "pool deleted"),
    HappeningKind.POOL_CREATED: ("N", "new pool"),
    HappeningKind.POOL_CHANGED: ("s", "settings"),
    HappeningKind.RESIZE_STARTED: ("r", "resize begins"),
    HappeningKind.RESIZE_ENDED: ("R", "resized"),
    HappeningKind.AUTOSCALE_RUN: ("a", "formula"),
    HappeningKind.NODE_STATE: ("x", "node out"),
    HappeningKind.NODE_ALLOCATED: ("+", "node comes"),
    HappeningKind.NODE_BOOTED: ("b", "boot"),
    HappeningKind.NEW_IMAGE: ("I", "image"),
    HappeningKind.NEW_START_TASK: ("S", "start task"),
    HappeningKind.NEW_PACKAGE: ("P", "packages"),
    HappeningKind.NEW_CONTAINER: ("K", "container"),
    HappeningKind.NEW_COMMAND: ("C", "command line"),
    HappeningKind.NEW_AGENT: ("A", "agent"),
    HappeningKind.JOB_ENDED: (")", "job ends"),
    HappeningKind.JOB_STATE: ("j", "job stopped"),
    HappeningKind.JOB_STARTED: ("(", "job begins"),
}
_PLACE = {kind: place for place, kind in enumerate(SIGNS)}

_COUNTED: tuple[tuple[str, Collection[HappeningKind]], ...] = (
    ("retries", (HappeningKind.TASK_RETRIED,)),
    ("requeues", (HappeningKind.TASK_REQUEUED,)),
)
_SIGNED: tuple[tuple[str, Collection[HappeningKind]], ...] = (
    ("deployed", DEPLOYMENTS),
    ("pools", RESIZES | {HappeningKind.AUTOSCALE_RUN, HappeningKind.AUTOSCALE_ERROR}),
    ("nodes come", ARRIVALS),
    ("node states", (HappeningKind.NODE_STATE, HappeningKind.START_TASK_FAILED)),
    (
        "jobs",
        (HappeningKind.JOB_STARTED, HappeningKind.JOB_ENDED, HappeningKind.JOB_STATE),
    ),
)


class Lane(msgspec.Struct, frozen=True):
    """One sort of happening over time: how many in each stretch.

    A lane with `signs` has in each stretch the kind that matters most, None where nothing happened;
    the others are drawn by their counts. `is_part` says that the lane above has these, too.
    """

    name: str
    counts: Sequence[int]
    signs: Sequence[HappeningKind | None] | None = None
    is_part: bool = False

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts)


class Lanes(msgspec.Struct, frozen=True):
    """Lanes from `start` on in stretches of equal length, and the stretches of the onsets."""

    start: datetime
    step: timedelta
    bins: int
    lanes: Sequence[Lane]
    onsets: Sequence[int]

    @property
    def end(self) -> datetime:
        """The end of the last stretch."""
        return self.start + self.step * self.bins


def lanes_of(
    happenings: Sequence[Happening],
    onsets: Iterable[datetime] = (),
    *,
    begin: datetime | None = None,
    until: datetime | None = None,
    runs: Mapping[int, int] | None = None,
) -> Lanes | None:
    """Lay out what happened, from the first of it or `begin` until the last or `until`.

    `runs` are how many runs began by second since 1970. None where nothing happened.
    """
    if not happenings:
        return None
    ran = {at: count for second, count in (runs or {}).items() if (at := moment(second))}
    known = [*(each.time for each in happenings), *ran]
    start, end = min([*known, begin or known[0]]), max([*known, until or known[0]])
    seconds = int((end - start).total_seconds()) + 1
    step = timedelta(seconds=max(_SHORTEST, -(-seconds // BINS)))
    layout = _Layout(start, step, int(seconds // step.total_seconds()) + 1)
    lanes = [layout.counted("runs", ran), *_failures(layout, happenings)]
    lanes += [layout.lane(name, happenings, kinds, signed=False) for name, kinds in _COUNTED]
    lanes += [layout.lane(name, happenings, kinds, signed=True) for name, kinds in _SIGNED]
    return Lanes(
        start=start,
        step=step,
        bins=layout.bins,
        lanes=[lane for lane in lanes if lane.total],
        onsets=[layout.place(onset) for onset in onsets if start <= onset <= end],
    )


class _Layout(msgspec.Struct, frozen=True):
    start: datetime
    step: timedelta
    bins: int

    def place(self, time: datetime) -> int:
        return min(int((time - self.start) / self.step), self.bins - 1)

    def counted(self, name: str, times: Mapping[datetime, int]) -> Lane:
        counts = [0] * self.bins
        for time, count in times.items():
            counts[self.place(time)] += count
        return Lane(name, counts)

    def lane(
        self,
        name: str,
        happenings: Iterable[Happening],
        kinds: Collection[HappeningKind],
        *,
        signed: bool,
        is_part: bool = False,
    ) -> Lane:
        counts = [0] * self.bins
        signs: list[HappeningKind | None] = [None] * self.bins
        for each in happenings:
            if each.kind in kinds:
                place = self.place(each.time)
                counts[place] += each.count
                known = signs[place]
                if known is None or _order(each.kind) < _order(known):
                    signs[place] = each.kind
        return Lane(name, counts, signs if signed else None, is_part)


def _order(kind: HappeningKind) -> int:
    return _PLACE.get(kind, len(_PLACE))


def _failures(layout: _Layout, happenings: Sequence[Happening]) -> Iterable[Lane]:
    """All failures, and below them those of the jobs with the most of them."""
    failures = [each for each in happenings if each.kind in FAILURES]
    yield layout.lane("failures", failures, FAILURES, signed=False)
    by_job: Counter[str] = Counter()
    for each in failures:
        if each.job_id:
            by_job[each.job_id] += each.count
    fewest = max(_FEWEST_FAILURES, _SMALLEST_PART * sum(by_job.values()))
    jobs = [job for job in by_job if by_job[job] >= fewest]
    jobs.sort(key=lambda job: (-by_job[job], job))
    for job in jobs[:_MOST_JOBS] if len(by_job) >= _FEWEST_JOBS else ():
        own = [each for each in failures if each.job_id == job]
        yield layout.lane(job, own, FAILURES, signed=False, is_part=True)


def merged_lane(lane: Lane, width: int) -> Lane:
    """The same lane in stretches that are `width` times as long."""
    if width <= 1:
        return lane
    places = range(0, len(lane.counts), width)
    counts = [sum(lane.counts[place : place + width]) for place in places]
    signs: list[HappeningKind | None] | None = None
    if lane.signs is not None:
        found = (
            [each for each in lane.signs[place : place + width] if each is not None]
            for place in places
        )
        signs = [min(each, key=_order, default=None) for each in found]
    return msgspec.structs.replace(lane, counts=counts, signs=signs)


def without_onsets(happenings: Iterable[Happening]) -> list[Happening]:
    """What happened, without the moments that were only concluded."""
    return [each for each in happenings if each.kind not in ONSETS]
