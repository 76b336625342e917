"""What was examined, so that no answer calls well what was not looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from batchdoctor.core.item import Moment
from batchdoctor.core.text.wording import span as in_words


class Checked(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One check: what it looked at, and what it could not see.

    `check` is a stable kebab-case word. `objects` is how many of the things named by `of`, a plural
    noun, were looked at; None where none could be, so the check has no answer. `problem` says in a
    part of a sentence what was not looked at and why; None where the check saw all of it.
    """

    check: str
    objects: int | None
    of: str
    problem: str | None = None

    @property
    def known(self) -> bool:
        """Whether the check has an answer, be it for a part of its objects."""
        return self.objects is not None

    @property
    def whole(self) -> bool:
        """Whether it may say that nothing is wrong, as far as it looks."""
        return self.objects is not None and self.problem is None


class Span(msgspec.Struct, frozen=True):
    """The time that an answer covers, in UTC; None where it has no bound."""

    since: Moment | None = None
    until: Moment | None = None


LAST_DAY = timedelta(hours=24)
"""What is looked at where nobody says since when."""


def last_day(now: datetime, begins: datetime | None) -> datetime:
    """From when on to look where nobody says: a day ago, or since what was recorded `begins`."""
    return max(begins, now - LAST_DAY) if begins else now - LAST_DAY


def blind_spots(checks: Iterable[Checked]) -> tuple[str, ...]:
    """What was not looked at, each reason once, in the order of the checks."""
    return tuple(dict.fromkeys(check.problem for check in checks if check.problem))


def past(span: Span, at: datetime) -> str:
    """How far back an answer looks: `of the last 6 h`, or `of all time`."""
    return f"of the last {in_words(at - span.since)}" if span.since else "of all time"


def looked_back(span: Span, at: datetime) -> str:
    """The same as a heading: `last 6 h`, `all time`, or from when to when for an end before now."""
    if span.until is None or at - span.until < timedelta(minutes=1):
        return f"last {in_words(at - span.since)}" if span.since else "all time"
    if span.since is None:
        return f"until {span.until:%Y-%m-%d %H:%M} UTC"
    same_day = span.since.date() == span.until.date()
    until = f"{span.until:%H:%M}" if same_day else f"{span.until:%Y-%m-%d %H:%M}"
    return f"{span.since:%Y-%m-%d %H:%M} to {until} UTC"
