"""The items of a timeline, and its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.timeline.happening import Happening, HappeningKind, Source
from batchdoctor.core.timeline.onset import Onset

_MOST_ONSETS = 20


class HappeningItem(Item, frozen=True, kw_only=True):
    """One thing that happened, or `count` alike from `time` until `until`.

    `change` says that it came just before the onset that the summary names first.
    """

    time: Moment
    kind: HappeningKind
    pool_id: str | None
    job_id: str | None
    task_id: str | None
    node_id: str | None
    what: str
    source: Source
    count: int
    until: Moment | None
    change: bool

    @property
    def name(self) -> str | None:
        """`JOB/TASK` of what happened to a task, `POOL/NODE` of what happened to a node."""
        if self.task_id:
            return f"{self.job_id}/{self.task_id}"
        return f"{self.pool_id}/{self.node_id}" if self.node_id else None


class OnsetItem(Item, frozen=True, kw_only=True):
    """Since when something fails, until when if it is over, and what changed just before."""

    since: Moment
    until: Moment | None
    pool_ids: tuple[str, ...]
    job_id: str | None
    node_id: str | None
    failures: int
    message: str
    changes: tuple[str, ...]
    source: Source


class TimelineSummary(Item, frozen=True, kw_only=True):
    """What happened in numbers: all of it, and how many of those the items tell with others.

    `onsets` are the most telling first.
    """

    happenings: int
    folded: int
    by_kind: Mapping[str, int]
    by_source: Mapping[str, int]
    onsets: tuple[OnsetItem, ...]


def happening_item(happening: Happening) -> HappeningItem:
    """A happening as an item."""
    return HappeningItem(
        time=happening.time,
        kind=happening.kind,
        pool_id=happening.pool_id,
        job_id=happening.job_id,
        task_id=happening.task_id,
        node_id=happening.node_id,
        what=happening.what,
        source=happening.source,
        count=happening.count,
        until=happening.until,
        change=happening.change,
    )


def timeline_summary(
    happenings: Sequence[Happening], folded: int, onsets: Sequence[Onset]
) -> TimelineSummary:
    """Everything that happened in numbers; `folded` is how many no item of their own has."""
    kinds: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for each in happenings:
        kinds[each.kind.value] += each.count
        sources[each.source.value] += each.count
    return TimelineSummary(
        happenings=sum(kinds.values()),
        folded=folded,
        by_kind=largest_first(kinds),
        by_source=largest_first(sources),
        onsets=tuple(_onset_item(each) for each in onsets[:_MOST_ONSETS]),
    )


def _onset_item(onset: Onset) -> OnsetItem:
    return OnsetItem(
        since=onset.since,
        until=onset.until,
        pool_ids=onset.pools,
        job_id=onset.job_id,
        node_id=onset.node_id,
        failures=onset.failures,
        message=onset.say,
        changes=onset.changes,
        source=onset.source,
    )
