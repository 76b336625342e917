"""Numbers, spans of time and lists of ids in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
_IDS_SHOWN = 6


def span(length: timedelta) -> str:
    """A span of time in its two largest units, such as `3 d 4 h` or `12 min`."""
    parts = []
    for name, unit in _UNITS:
        count, length = divmod(length, unit)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "less than a minute"


def since(moment: datetime | None, now: datetime) -> str:
    """How long something lasts: ` for 12 min`, with a blank before it; nothing when not known."""
    return f" for {span(max(now - moment, timedelta()))}" if moment else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago something was: ` 12 min ago`, with a blank before it."""
    return f" {span(max(now - moment, timedelta()))} ago" if moment else ""


def plural(count: int, noun: str) -> str:
    """A number before a noun: `1 node`, `1,200 nodes`, `2 entries`."""
    if count == 1:
        return f"1 {noun}"
    is_y = noun.endswith("y") and noun[-2:-1] not in set("aeiou")
    return f"{count:,} {noun[:-1]}ies" if is_y else f"{count:,} {noun}s"


def listed(ids: Sequence[str]) -> str:
    """Ids in a row, the first few of many."""
    more = len(ids) - _IDS_SHOWN
    shown = ", ".join(ids[:_IDS_SHOWN] if more > 1 else ids)
    return f"{shown} and {more:,} more" if more > 1 else shown


def verb(count: int, one: str, many: str) -> str:
    """The form of a verb that a number asks for."""
    return one if count == 1 else many


def sentence(words: str) -> str:
    """Words as a sentence: a capital in front, a full stop behind."""
    return f"{words[:1].upper()}{words[1:]}."
