"""Times as programs write them for people: any order of day and month, any clock.

The portal writes the form of the browser's language, and spreadsheets rewrite it when they save.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import Enum

_LONGEST = 48
_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DATE = r"(?P<a>\d{1,4})(?P<mark>[./-])\s?(?P<b>\d{1,2})(?P=mark)\s?(?P<c>\d{1,4})\.?"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_NAMED = (
    r"(?P<day1>\d{1,2})[. -]+(?P<month1>[A-Za-z]{3})[a-z]*\.?[, -]+(?P<year1>\d{4})"
    r"|(?P<month2>[A-Za-z]{3})[a-z]*\.?\s+(?P<day2>\d{1,2}),?\s+(?P<year2>\d{4})"
)
_HALF = r"[AaPp]\.?\s?[Mm]\.?|上午|下午|午前|午後|오전|오후"
_CLOCK = (
    rf"(?P<before>{_HALF})?\s*(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}})(?:[.,:](?P<fraction>\d{{1,9}}))?)?\s*(?P<after>{_HALF})?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_LOCAL = re.compile(
    rf"(?i:{_WEEKDAY})(?:{_DATE}|{_NAMED})(?:\s*,\s*|\s+)(?:(?:um|at|kl|klo|à|às)\.?\s+)?{_CLOCK}\s*(?:Z|UTC|GMT)?"
)
_AFTERNOON = ("p", "下", "午後", "오후")
_NOON = 12
_THIS_CENTURY = 2000
# No log is of another time; calendars of other years are told by theirs.
_YEARS = range(1990, 2101)
_BUDDHIST = 543
_YEAR_DIGITS = 4
# Days since this one are how a spreadsheet keeps a time; the range is 2009 to 2064.
_SPREADSHEET = datetime(1899, 12, 30, tzinfo=UTC)
_SERIAL = re.compile(r"[45]\d{4}(?:[.,]\d+)?|60000")


class DateOrder(Enum):
    """Which of day and month comes first in a date with its year last."""

    DAY_FIRST = "day before month"
    MONTH_FIRST = "month before day"


def local_moment(text: str, order: DateOrder | None = None) -> datetime | None:
    """The moment that a text spells, taken for UTC; None for what is no time.

    Of a date that can be read both ways `order` decides, else the clock of twelve hours: only where
    a date is written month first is it common with capital letters. None if neither does.
    """
    found = _found(text)
    if found is None:
        return _serial(text)
    date = _date(found, told_order(text) or order or _usual_order(found))
    return None if date is None else _at_clock(date, found)


def told_order(text: str) -> DateOrder | None:
    """The order that a date tells by itself, because one of its numbers is no month."""
    found = _found(text)
    if found is None or found["a"] is None or _year_first(found):
        return None
    if found["mark"] == "." or int(found["a"]) > _NOON:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if int(found["b"]) > _NOON else None


def is_ambiguous(text: str) -> bool:
    """Whether day and month of a date cannot be told apart, by it and its clock alone."""
    return _both_ways(text) is not None and by_clock(text) is None


def by_clock(text: str) -> DateOrder | None:
    """The order that only the clock of a date tells, as is usual and not certain."""
    found = _both_ways(text)
    return None if found is None else _usual_order(found)


def _both_ways(text: str) -> re.Match[str] | None:
    found = _found(text)
    if found is None or found["a"] is None or _year_first(found) or told_order(text):
        return None
    return found if found["a"].lstrip("0") != found["b"].lstrip("0") else None


def padded(text: str) -> bool:
    """Whether day and month of an ambiguous date are written with two digits each."""
    found = _found(text)
    return found is not None and found["a"] is not None and "0" in {found["a"][0], found["b"][0]}


def _found(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST:
        return None
    plain = _MARKS.sub("", text).replace("\u202f", " ").replace("\xa0", " ")
    return _LOCAL.fullmatch(plain.strip())


def _year_first(found: re.Match[str]) -> bool:
    return len(found["a"]) == _YEAR_DIGITS


def _usual_order(found: re.Match[str]) -> DateOrder | None:
    half = found["after"] or ""
    return DateOrder.MONTH_FIRST if half in {"AM", "PM"} and found["mark"] == "/" else None


def _date(found: re.Match[str], order: DateOrder | None) -> datetime | None:
    try:
        if found["a"] is None:
            return _named_date(found)
        a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
        if _year_first(found):
            return datetime(_year(a), b, c, tzinfo=UTC)
        year = _year(c) if len(found["c"]) == _YEAR_DIGITS else _THIS_CENTURY + c
        if order is None and a != b:
            return None
        day, month = (b, a) if order is DateOrder.MONTH_FIRST else (a, b)
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _year(number: int) -> int:
    """A year as we count them, also one of Thailand. Raises ValueError for what is of no log."""
    year = number if number in _YEARS else number - _BUDDHIST
    if year not in _YEARS:
        raise ValueError(number)
    return year


def _named_date(found: re.Match[str]) -> datetime:
    """A date with the name of its month, in English. Raises ValueError for any other name."""
    name = found["month1"] or found["month2"]
    day, year = found["day1"] or found["day2"], found["year1"] or found["year2"]
    return datetime(int(year), _MONTHS.index(name.lower()) + 1, int(day), tzinfo=UTC)


def _at_clock(date: datetime, found: re.Match[str]) -> datetime | None:
    hour = int(found["hour"])
    half = (found["before"] or found["after"] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half.startswith(_AFTERNOON) else 0)
    fraction = (found["fraction"] or "0")[:6].ljust(6, "0")
    # A leap second is the second before it.
    second = min(int(found["second"] or 0), 59)
    try:
        return date.replace(
            hour=hour, minute=int(found["minute"]), second=second, microsecond=int(fraction)
        )
    except ValueError:
        return None


def _serial(text: str) -> datetime | None:
    number = text.strip()
    if not _SERIAL.fullmatch(number):
        return None
    return _SPREADSHEET + timedelta(days=float(number.replace(",", ".")))
