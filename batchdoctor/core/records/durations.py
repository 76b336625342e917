"""Reads the ISO 8601 durations of the service, whose longest ones mean that there is no limit."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

# The service says "no limit" as P10675199DT2H48M5.4775807S, the longest span that .NET can hold.
# No real limit comes near this: a task may live for 180 days.
NO_LIMIT_FROM = timedelta(days=10_000)

_DURATION = re.compile(
    r"""P(?=[0-9T])
    (?:(?P<weeks>[0-9]+)W)?
    (?:(?P<days>[0-9]+)D)?
    (?:T(?=[0-9])
       (?:(?P<hours>[0-9]+)H)?
       (?:(?P<minutes>[0-9]+)M)?
       (?:(?P<seconds>[0-9]+)(?:[.,](?P<fraction>[0-9]+))?S)?
    )?""",
    re.VERBOSE | re.IGNORECASE,
)


# A listing repeats the same few limits thousands of times.
@lru_cache(maxsize=256)
def parse_duration(text: str | None) -> timedelta | None:
    """A duration such as `PT1H30M`; None for no limit, for no text and for what is not a duration.

    Years and months are refused, because they have no fixed length and the service never sends
    them. Fractions of a second are cut to microseconds.
    """
    match = _DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    fraction = match["fraction"] or ""
    try:
        duration = timedelta(
            weeks=int(match["weeks"] or 0),
            days=int(match["days"] or 0),
            hours=int(match["hours"] or 0),
            minutes=int(match["minutes"] or 0),
            seconds=int(match["seconds"] or 0),
            microseconds=int(fraction[:6].ljust(6, "0")),
        )
    except (OverflowError, ValueError):
        # Longer than Python can hold, or more digits than it will read: no limit either way.
        return None
    return duration if duration < NO_LIMIT_FROM else None
