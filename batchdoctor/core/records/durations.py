"""Reads the ISO 8601 durations of the service, whose longest ones mean that there is no limit."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import msgspec

# The service says "no limit" as P10675199DT2H48M5.4775807S, the longest span that .NET can hold.
# No real limit comes near this: a task may live for 180 days.
NO_LIMIT_FROM = timedelta(days=10_000)


# A listing repeats the same few limits thousands of times.
@lru_cache(maxsize=256)
def parse_duration(text: str | None) -> timedelta | None:
    """A duration such as `PT1H30M`; None for no limit, for no text and for what is not a duration.

    Weeks, months and years are refused, because the service never sends them.
    """
    try:
        duration = msgspec.convert((text or "").strip().upper(), timedelta)
    except msgspec.ValidationError:
        # Longer than Python can hold is no limit either.
        return None
    return duration if timedelta() <= duration < NO_LIMIT_FROM else None
