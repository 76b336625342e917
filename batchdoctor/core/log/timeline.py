"""Failures and resizes of a log over time, in buckets of a width that suits its length."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec

from batchdoctor.core.log.tally import Tally

# Widths that people read at a glance.
WIDTHS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 10, 15, 30, 60, 180, 360, 720, 1440, 7 * 1440, 30 * 1440)
)
# As many lines as fit on a screen together with a summary.
MOST_BUCKETS = 24

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bucket(msgspec.Struct, frozen=True):
    """Attempts that failed and pool resizes that began, from `start` until before `end`."""

    start: datetime
    end: datetime
    failures: int
    resizes: int


def timeline(tally: Tally, width: timedelta | None = None) -> list[Bucket]:
    """Every bucket from the first event of a log to its last, empty ones too.

    Buckets begin at multiples of their width since 1970, so those of different logs fall together.
    A failure counts when it was first told of; one without a time is left out.
    """
    failures = Counter(tally.attempts.failure_moments())
    moments = [*failures, *tally.resizes]
    if not moments:
        return []
    begin = min(moments)
    width = width or _width(max(moments) - begin)
    step = int(width.total_seconds())
    counts: dict[int, list[int]] = {}
    for column, counted in enumerate((failures, tally.resizes)):
        for moment, times in counted.items():
            counts.setdefault(moment // step, [0, 0])[column] += times
    return [
        _bucket(index, width, *counts.get(index, (0, 0)))
        for index in range(min(counts), max(counts) + 1)
    ]


def _width(seconds: int) -> timedelta:
    """The narrowest width that needs few enough buckets."""
    # One bucket more than the span needs, because it seldom begins with one.
    for width in WIDTHS:
        if seconds < (MOST_BUCKETS - 1) * width.total_seconds():
            return width
    widest = WIDTHS[-1]
    return (timedelta(seconds=seconds) // (MOST_BUCKETS - 1) // widest + 1) * widest


def _bucket(index: int, width: timedelta, failures: int, resizes: int) -> Bucket:
    start = _EPOCH + index * width
    return Bucket(start, start + width, failures, resizes)
