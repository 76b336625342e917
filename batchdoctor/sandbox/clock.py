"""Time as the service writes it: 100-nanosecond ticks, seven-digit times, entity tags."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

TICKS_PER_SECOND = 10_000_000

# Entity tags count ticks from the year 1, moments of this module from 1970.
_EPOCH_IN_TAGS = 621_355_968_000_000_000
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_OFFSET = re.compile(r"([+-]?)(\d+(?:\.\d+)?)([smhd])")


def utc_now() -> datetime:
    """Return the computer's own time."""
    return datetime.now(UTC)


def ticks(moment: datetime) -> int:
    """Return the ticks since 1970 of a time; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


def seconds(count: float) -> int:
    """Return that many seconds in ticks."""
    return round(count * TICKS_PER_SECOND)


def parse_span(text: str) -> int:
    """Return the ticks of a written span such as `90s`, `-40m`, `+3h` or `-2d`.

    Raises ValueError for anything else.
    """
    match = _OFFSET.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not a span of time: {text!r}")
    sign, number, unit = match.groups()
    return seconds(float(number) * _UNITS[unit]) * (-1 if sign == "-" else 1)


@lru_cache(maxsize=16_384)
def _whole_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


# Most moments of a task are written twice, one after the other.
@lru_cache(maxsize=4096)
def wire_time(moment: int) -> str:
    """Write a time with up to seven digits after the point, trailing zeros dropped."""
    second, fraction = divmod(moment, TICKS_PER_SECOND)
    if not fraction:
        return _whole_second(second) + "Z"
    return f"{_whole_second(second)}.{fraction:07d}".rstrip("0") + "Z"


def header_time(moment: int) -> str:
    """Write a time as HTTP headers do, whole seconds in GMT."""
    return datetime.fromtimestamp(moment // TICKS_PER_SECOND, UTC).strftime(
        "%a, %d %b %Y %H:%M:%S GMT"
    )


def parse_header_time(text: str) -> int | None:
    """Return the ticks of an HTTP header's time, None when it is not one."""
    try:
        parsed = datetime.strptime(text.strip(), "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
    return ticks(parsed)


def parse_wire_time(text: str) -> int | None:
    """Return the ticks of an ISO 8601 time with up to seven digits, None when it is not one."""
    match = re.fullmatch(r"([^.]+)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?", text.strip())
    if not match:
        return None
    whole, fraction, zone = match.groups()
    try:
        parsed = datetime.fromisoformat(whole + (zone or ""))
    except ValueError:
        return None
    return ticks(parsed) + int((fraction or "").ljust(7, "0"))


def entity_tag(modified: int) -> str:
    """Write the entity tag of something last changed at a time."""
    return f"0x{modified + _EPOCH_IN_TAGS:X}"


def iso_duration(span: int) -> str:
    """Write a span as an ISO 8601 duration such as `PT1H30M`."""
    left, parts = span // TICKS_PER_SECOND, ""
    for unit, size in (("D", 86_400), ("H", 3600), ("M", 60), ("S", 1)):
        count, left = divmod(left, size)
        if count:
            parts += ("T" if unit != "D" and "T" not in parts else "") + f"{count}{unit}"
    return f"P{parts or 'T0S'}"


def parse_iso_duration(text: str) -> int:
    """Return the ticks of an ISO 8601 duration of days, hours, minutes and seconds.

    Raises ValueError for anything else.
    """
    pattern = r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
    match = re.fullmatch(pattern, text)
    if not match or not any(match.groups()):
        raise ValueError(f"not a duration: {text!r}")
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return seconds(days * 86_400 + hours * 3600 + minutes * 60 + rest)
