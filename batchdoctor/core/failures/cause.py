"""What words say of a failure, as part of its item: which entry, about what, which line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.item import Item
from batchdoctor.core.meaning.about import About

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause

# More of a line says no more.
_LONGEST = 300


class FailureCause(Item, frozen=True, kw_only=True):
    """The cause that words tell: the entry of the catalog, and the line with its place."""

    entry: str
    about: About
    line: str
    place: str | None


def cause_item(cause: Cause | None, place: str | None = None) -> FailureCause | None:
    """A cause as part of an item; `place` is told where it is known better than by the cause."""
    if cause is None:
        return None
    line = cause.line if len(cause.line) <= _LONGEST else f"{cause.line[: _LONGEST - 1]}…"
    where = place or (cause.place.value if cause.place else None)
    return FailureCause(entry=cause.entry.name, about=cause.entry.about, line=line, place=where)


def cause_label(cause: Cause) -> str:
    """What words are about, for a reader: `node: package-lock, by its words`."""
    return f"{cause.entry.about.value}: {cause.entry.name}, by its words"


def told_cause(failure: Failure) -> Cause | None:
    """What the details of a failure say of its cause, without a word of the program."""
    # Where the service gives no code, the message is the container runtime's.
    for text in (failure.detail, failure.message if failure.code is None else None):
        if text and " " in text and (found := _known(text)):
            return found
    return None


# Failures of a listing are much alike. What most of them have no need of is read when one has.
@lru_cache(maxsize=1024)
def _known(text: str) -> Cause | None:
    from batchdoctor.core.meaning.messages import cause_in_details

    return cause_in_details(text)
