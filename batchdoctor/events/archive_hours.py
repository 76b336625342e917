"""The hours that an archive files its records under, and which of them a question cannot need.

Records are filed by the hour in which they arrived, up to two days after what they tell of:
`.../y=2026/m=08/d=01/h=13/m=00/PT1H.json`, all in UTC.

Source: https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs
"""

from __future__ import annotations

import re
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
