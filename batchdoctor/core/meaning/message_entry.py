"""One table `[[message]]`: what a message of programs means; and the catalog that is made of them.

The catalog is `messages.toml`, read when first needed: a command that meets no words does not pay
for them. Users add tables of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.message_pattern import MessagePattern
from batchdoctor.core.meaning.once import READING, read_once
from batchdoctor.core.text.step import Step
from batchdoctor.errors import BatchdoctorError

_Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Stands(StrEnum):
    """Where a message stands."""

    STDERR = "stderr"
    STDOUT = "stdout"
    DETAILS = "details"
    """What the service or the container runtime tells of the failure."""
    START_TASK = "startTask"


class Sure(StrEnum):
    """How sure it is that a message tells the cause, the surest first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Again(StrEnum):
    """Whether running the same again can help."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


_OUTSIDE = frozenset({About.STORAGE, About.NETWORK, About.REGISTRY})


class MessageEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one message means. The fields of a `[[message]]` table, in the catalog and of users.

    `patterns` are looked for in one line each (`message_pattern.py`), a line with any of `unless`
    left out, and only below a line with one of `after`, if any is given, with none
    but indented lines between them.
    """

    name: _Name
    about: About
    patterns: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    means: _Text
    case: bool = False
    """Whether capitals matter."""
    unless: tuple[_Text, ...] = ()
    after: tuple[_Text, ...] = ()
    places: tuple[Stands, ...] = tuple(Stands)
    sure: Sure = Sure.LIKELY
    again: Again = Again.MAYBE
    node: bool = False
    """Whether it speaks of the node, so that the failure counts against that one."""
    alone: bool = False
    """Whether it speaks of one file or image, however many tasks ask for it: that is no outage."""
    steps: tuple[Step, ...] = ()
    source: str | None = None
    """The public page that tells of it."""
    example: _Text | None = None
    """A line, or several, that it is found in."""
    near: _Text | None = None
    """One that looks alike and that it is not found in."""

    @property
    def blames_node(self) -> bool:
        """Whether such a failure counts as one that the node caused."""
        return self.node or self.about is About.NODE

    @property
    def blames_outside(self) -> bool:
        """Whether it speaks of what all nodes share: storage, a registry or the network."""
        return self.about in _OUTSIDE and not self.alone


def parse_messages(
    document: Mapping[str, Any], *, checked: bool = True
) -> tuple[MessageEntry, ...]:
    """The `[[message]]` tables of a document. Raises ValueError, naming the table and the place.

    Those that come with batchdoctor have their patterns checked by its tests, not at each start.
    """
    tables = document.get("message", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ValueError("`message` is no list of tables; write [[message]]")
    entries: list[MessageEntry] = []
    for number, table in enumerate(tables, start=1):
        name = table.get("name", f"number {number}")
        try:
            entry = _entry(table)
            if checked:
                _check(entry)
        except (ValueError, TypeError, msgspec.ValidationError) as error:
            raise ValueError(f"the message {name}: {error}") from error
        if any(entry.name == other.name for other in entries):
            raise ValueError(f"the message {name} is there twice")
        entries.append(entry)
    return tuple(entries)


def _entry(table: Mapping[str, Any]) -> MessageEntry:
    fields = dict(table)
    steps = fields.get("steps", [])
    if isinstance(steps, list):
        fields["steps"] = [{"say": each} if isinstance(each, str) else each for each in steps]
    with READING:
        return msgspec.convert(fields, MessageEntry)


@read_once
def message_catalog() -> tuple[MessageEntry, ...]:
    """The entries that come with batchdoctor."""
    import pkgutil
    import tomllib

    data = pkgutil.get_data("batchdoctor.core.meaning", "messages.toml")
    try:
        return parse_messages(tomllib.loads((data or b"").decode()), checked=False)
    except ValueError as error:
        raise BatchdoctorError(
            f"The catalog of messages is broken: {error}", hint="Install batchdoctor again."
        ) from error


def patterns_of(entry: MessageEntry) -> tuple[tuple[MessagePattern, ...], ...]:
    """The patterns of an entry made ready: its own, those of `unless`, those of `after`."""
    # What goes on from another line may be little: that one says the rest.
    brief = bool(entry.after)
    return tuple(
        tuple(MessagePattern(text, case=entry.case, brief=brief) for text in texts)
        for texts in (entry.patterns, entry.unless, entry.after)
    )


def _check(entry: MessageEntry) -> None:
    for patterns in patterns_of(entry):
        for pattern in patterns:
            pattern.check()
