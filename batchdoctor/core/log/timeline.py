"""Failures and resizes of a log over time, in buckets of a width that suits its length."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec

from batchdoctor.core.log.attempt_count import count_attempts
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.trouble import TroubleKind

# Widths that people read at a glance.
WIDTHS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 10, 15, 30, 60, 180, 360, 720, 1440, 7 * 1440, 30 * 1440)
)
# As many lines as fit on a screen together with a summary.
MOST_BUCKETS = 24

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bucket(msgspec.Struct, frozen=True):
    """Attempts that failed and pool resizes that began, from `start` until before `end`.

    The others count what failed and is no task.
    """

    start: datetime
    end: datetime
    failures: int
    resizes: int
    failed_resizes: int = 0
    autoscale_errors: int = 0
    schedule_failures: int = 0
    special_task_failures: int = 0


# The counts of a bucket after those of failures and resizes.
_TROUBLES = (
    TroubleKind.RESIZE,
    TroubleKind.AUTOSCALE,
    TroubleKind.SCHEDULE,
    TroubleKind.SPECIAL_TASK,
)


def timeline(
    tally: Tally, width: timedelta | None = None, left: Left | None = None
) -> list[Bucket]:
    """Every bucket from the first event of a log to its last, empty ones too.

    Buckets begin at multiples of their width since 1970, so those of different logs fall together.
    A failure counts when it was first told of; one without a time is left out. `left` is what is
    left of the tally's attempts, if they were concluded before.
    """
    columns: list[Counter[int]] = [
        (left.count if left else count_attempts(tally.attempts)[0]).failed_at,
        Counter(tally.resizes),
        *(_moments_of(tally, kind) for kind in _TROUBLES),
    ]
    moments = [moment for column in columns for moment in column]
    if not moments:
        return []
    width = width or _width(max(moments) - min(moments))
    step = int(width.total_seconds())
    counts: dict[int, list[int]] = {}
    for index, column in enumerate(columns):
        for moment, times in column.items():
            counts.setdefault(moment // step, [0] * len(columns))[index] += times
    none = [0] * len(columns)
    return [
        _bucket(index, width, counts.get(index, none))
        for index in range(min(counts), max(counts) + 1)
    ]


def _moments_of(tally: Tally, kind: TroubleKind) -> Counter[int]:
    found: Counter[int] = Counter()
    for name, trouble in tally.troubles.items():
        if name.kind is kind:
            found.update(trouble.moments)
    return found


def _width(seconds: int) -> timedelta:
    """The narrowest width that needs few enough buckets."""
    # One bucket more than the span needs, because it seldom begins with one.
    for width in WIDTHS:
        if seconds < (MOST_BUCKETS - 1) * width.total_seconds():
            return width
    widest = WIDTHS[-1]
    return (timedelta(seconds=seconds) // (MOST_BUCKETS - 1) // widest + 1) * widest


def _bucket(index: int, width: timedelta, counts: list[int]) -> Bucket:
    start = _EPOCH + index * width
    return Bucket(start, start + width, *counts)
