"""A timeline: what happened in its order, since when it fails, and what changed just before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.names import folded
from batchdoctor.core.problem import Problem
from batchdoctor.core.timeline.gathered import Asked, Gathered, fold, in_time
from batchdoctor.core.timeline.happening import DEPLOYMENTS, FAILURES, ONSETS, Happening
from batchdoctor.core.timeline.onset import Onset, happenings_of, is_change, with_changes

_MARKED = 20
_NEVER_FOLDED = ONSETS | DEPLOYMENTS


class Timeline(msgspec.Struct, frozen=True):
    """`happenings` are all of them, `told` at most so many as were asked for, some of them folded.

    The first of `onsets` is the most telling one.
    """

    happenings: Sequence[Happening]
    told: Sequence[Happening]
    onsets: Sequence[Onset]

    @property
    def folded(self) -> int:
        """How many have no item of their own."""
        every = sum(each.count for each in self.happenings)
        return every - sum(each.count == 1 for each in self.told)

    @property
    def onset(self) -> Onset | None:
        """The most telling onset."""
        return self.onsets[0] if self.onsets else None


class TimelineRead(msgspec.Struct, frozen=True):
    """A timeline, the time that it covers, what it rests on, and what could not be read."""

    timeline: Timeline
    span: Span
    checked: Sequence[Checked]
    problems: Sequence[Problem]
    runs: Mapping[int, int]
    """How many runs began, by about a minute in seconds since 1970, as far as that was read."""
    begin: datetime | None
    """From when on there is anything to be seen."""


def timeline_of(gathered: Gathered, onsets: Sequence[Onset], asked: Asked, limit: int) -> Timeline:
    """Put the onsets among what happened, and name the changes just before them."""
    every = _about_pools_of(asked, list(gathered.every()))
    failing = {folded(each.job_id) for each in every if each.kind in FAILURES and each.job_id}
    meant = [
        each
        for each in onsets
        if _is_meant(each, asked) and (not asked.nodes or _is_of_node(each, asked, failing))
    ]
    told = [with_changes(each, every) for each in meant]
    marks = [mark for each in told[:_MARKED] for mark in happenings_of(each) if asked.takes(mark)]
    first = told[0] if told else None
    named = [replace(each, change=first is not None and is_change(first, each)) for each in every]
    happened = sorted([*named, *marks], key=in_time)
    return Timeline(happened, fold(happened, limit, _NEVER_FOLDED), told)


def _about_pools_of(asked: Asked, happenings: list[Happening]) -> list[Happening]:
    """Without other pools than those in which the jobs ran that are asked about."""
    if not asked.jobs or asked.pools:
        return happenings
    pools = {folded(each.pool_id) for each in happenings if each.job_id and each.pool_id}
    return [
        each
        for each in happenings
        if each.job_id or each.pool_id is None or not pools or folded(each.pool_id) in pools
    ]


def _is_of_node(onset: Onset, asked: Asked, failing: set[str]) -> bool:
    """Whether an onset is about nodes that are asked about, or about a job that failed there."""
    if onset.job_id:
        return folded(onset.job_id) in failing
    names = {name for pool, node in onset.nodes for name in (node, f"{pool}/{node}")}
    return bool(failing) and (not names or bool(asked.nodes & set(map(folded, names))))


def _is_meant(onset: Onset, asked: Asked) -> bool:
    """Whether an onset is about what was asked for: it had begun, and was not over before."""
    since, until = asked.since, asked.until
    if (until and onset.since >= until) or (since and onset.until and onset.until < since):
        return False
    at_any_time = replace(asked, since=None, until=None)
    return at_any_time.takes(next(happenings_of(onset)))
