"""Whether a user's own messages match as they are meant: their examples, and the lines of a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.item import Item
from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.message_entry import MessageEntry
from batchdoctor.core.meaning.messages import Messages

_LINES_SHOWN = 3


class TestedMessage(Item, frozen=True, kw_only=True):
    """One table `[[message]]`, and what it was found in.

    `example_found` and `near_found` are null for a table without those. `matches` are lines of the
    log in which it is the first to match, `lines` the first few of them; null without a log.
    """

    name: str
    about: About
    patterns: int
    example_found: bool | None
    near_found: bool | None
    matches: int | None
    lines: tuple[str, ...] | None

    @property
    def as_meant(self) -> bool:
        """Whether it is found in its example, and not in what is near it."""
        return self.example_found is not False and self.near_found is not True


class TestSummary(Item, frozen=True, kw_only=True):
    """How many tables there are, how many match as they are meant, and lines of the log."""

    messages: int
    as_meant: int
    lines: int | None
    matched: int | None


def tested(entries: Sequence[MessageEntry], log: Sequence[str] | None) -> Iterator[TestedMessage]:
    """Each table as an item, in the order of the file."""
    found: dict[str, list[str]] = {}
    every = Messages((), own=entries)
    for line in log or ():
        cause = every.cause_in([line], None)
        if cause is not None:
            found.setdefault(cause.entry.name, []).append(cause.line)
    for entry in entries:
        alone = Messages((), own=[entry])
        lines = found.get(entry.name, [])
        yield TestedMessage(
            name=entry.name,
            about=entry.about,
            patterns=len(entry.patterns),
            example_found=_found(alone, entry.example),
            near_found=_found(alone, entry.near),
            matches=None if log is None else len(lines),
            lines=None if log is None else tuple(lines[:_LINES_SHOWN]),
        )


def _found(messages: Messages, text: str | None) -> bool | None:
    return None if text is None else messages.cause_in(text.splitlines(), None) is not None
