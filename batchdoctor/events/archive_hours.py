"""The hours that an archive files its records under, and which of them a question cannot need.

Records are filed by the hour in which they arrived, up to two days after what they tell of:
`.../y=2026/m=08/d=01/h=13/m=00/PT1H.json`, all in UTC.

Source: https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

MARGIN = timedelta(hours=48)

_FILED = re.compile(r"(?:^|/)y=(\d{4})(?:/m=(\d\d))?(?:/d=(\d\d))?(?:/h=(\d\d))?(?=/|$)")


def may_hold(path: str, since: datetime | None, until: datetime | None) -> bool:
    """Whether a file or folder of an archive may hold events of this time; if in doubt, it may."""
    if since is None and until is None:
        return True
    hours = filed_hours(path)
    if hours is None:
        return True
    begin, end = hours
    return (since is None or end > since - MARGIN) and (until is None or begin < until + MARGIN)


# From so many hours of a day on, the day is listed as a whole: one question, and no long answer.
_MANY_HOURS = 4


def hour_of(moment: datetime) -> datetime:
    """When the hour of a moment begins, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_prefixes(begin: datetime, end: datetime) -> Iterator[str]:
    """How the names of the hours from that of `begin` to that of `end` start, behind the resource.

    Many hours of a day are the day, so that there may be others below it.
    """
    hour, last = hour_of(begin), hour_of(end)
    while hour <= last:
        day = f"y={hour:%Y}/m={hour:%m}/d={hour:%d}/"
        next_day = (hour + timedelta(days=1)).replace(hour=0)
        count = int((min(last + timedelta(hours=1), next_day) - hour) / timedelta(hours=1))
        if count >= _MANY_HOURS:
            yield day
        else:
            yield from (f"{day}h={hour.hour + index:02}/" for index in range(count))
        hour = next_day


def filed_hours(path: str) -> tuple[datetime, datetime] | None:
    """When the records below a path arrived: begin and end, as far as the path tells."""
    found = _FILED.search(path.replace("\\", "/"))
    if found is None:
        return None
    year, month, day, hour = (int(part) if part else None for part in found.groups())
    try:
        begin = datetime(year or 1, month or 1, day or 1, hour or 0, tzinfo=UTC)
        if hour is not None:
            return begin, begin + timedelta(hours=1)
        if day is not None:
            return begin, begin + timedelta(days=1)
        # A month or a year, rounded up.
        return begin, begin + timedelta(days=31 if month is not None else 366)
    except (ValueError, OverflowError):
        return None
