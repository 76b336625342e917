"""Single values of a log, read with patience: numbers as doubles, times with a blank, empty text.

A value of a type that makes no sense for its field counts as absent; one odd field must not cost
the whole event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import msgspec

from batchdoctor.events.local_times import local_moment

Object = Mapping[str, Any]

# Longer texts of digits are no number that Batch ever wrote, and cost much time to convert.
_LONGEST_NUMBER = 32
_SHORTEST_TIME = len("2019-08-22")


def text(value: Any) -> str | None:
    """A text; a whole number as its digits, because ids of digits only lose their quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if -(2**63) <= value < 2**64 else None
    return None


def whole(value: Any) -> int | None:
    """A whole number, also when it was written as a double or as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else None
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NUMBER:
        value = _number(value)
    if isinstance(value, float) and isfinite(value) and abs(value) < 2**53:
        return int(value) if value.is_integer() else None
    return None


def _number(digits: str) -> float | None:
    try:
        return float(digits)
    except ValueError:
        return None


def flag(value: Any) -> bool | None:
    """True or false, also when it was written as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def moment(value: Any) -> datetime | None:
    """A time in UTC; without a zone it is UTC already, a leap second is the second before it."""
    if not isinstance(value, str) or len(value) < _SHORTEST_TIME:
        return None
    try:
        found = msgspec.convert(value.strip().replace(":60", ":59"), datetime)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return local_moment(value)


def inner(value: Any) -> dict[str, Any]:
    """An object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def first(source: Object, *names: str) -> Any:
    """The first of several spellings that is present and not null."""
    for name in names:
        value = source.get(name)
        if value is not None:
            return value
    return None
