"""Times, spans of time and sizes as text: exact for machines, short for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_THOUSAND = 1000


def utc_text(when: datetime | None) -> str | None:
    """ISO 8601 in UTC ending in `Z`, without trailing zeros; a time without zone is UTC."""
    if when is None:
        return None
    utc = when.astimezone(UTC) if when.tzinfo else when
    text = utc.replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def span_text(span: timedelta) -> str:
    """A span of time in its two largest units, such as `3 d 4 h`, `12 min` or `8 s`."""
    seconds = max(int(span.total_seconds()), 0)
    units = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2])


def age_text(when: datetime | None, now: datetime) -> str:
    """How long ago `when` was, such as `12 min ago`; nothing for an unknown time."""
    if when is None:
        return ""
    utc = when if when.tzinfo else when.replace(tzinfo=UTC)
    return f"{span_text(now - utc)} ago"


def size_text(size: int) -> str:
    """A number of bytes in the largest unit that keeps it above one, such as `3.2 MB`."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < _THOUSAND:
            return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _THOUSAND
    return f"{amount:.1f} TB"
