"""A timeline: what happened in its order, since when it fails, and what changed just before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.problem import Problem
from batchdoctor.core.timeline.gathered import Gathered, fold, in_time
from batchdoctor.core.timeline.happening import DEPLOYMENTS, ONSETS, Happening
from batchdoctor.core.timeline.meant import Meant
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
    unknown: Sequence[str] = ()
    """Names of nodes that were asked for and that nothing has; each of them is a problem, too."""


def timeline_of(gathered: Gathered, onsets: Sequence[Onset], meant: Meant, limit: int) -> Timeline:
    """Put the onsets among what happened, and name the changes just before them."""
    every = meant.about(list(gathered.every()))
    told = [with_changes(each, every) for each in onsets if meant.takes(each, every)]
    asked = meant.asked
    marks = [mark for each in told[:_MARKED] for mark in happenings_of(each) if asked.takes(mark)]
    first = told[0] if told else None
    named = [replace(each, change=first is not None and is_change(first, each)) for each in every]
    happened = sorted([*named, *marks], key=in_time)
    return Timeline(happened, fold(happened, limit, _NEVER_FOLDED), told)
