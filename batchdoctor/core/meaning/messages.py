"""The catalog of messages: what the words of a program say of why it failed, and what then helps.

The data are in `messages.toml`, read when first needed: a command that meets no words does not pay
for them. Users add tables of the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import msgspec

from batchdoctor.core.meaning.chatter import Level, Line, is_denied, read_line
from batchdoctor.core.meaning.message_pattern import MessagePattern
from batchdoctor.core.text.step import Step
from batchdoctor.errors import BatchdoctorError

# Nobody reads further back for why a program ended.
MOST_LINES = 400
_TOKEN = re.compile(r"[^\W_]\w*")

_Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class About(StrEnum):
    """What a message says of the cause."""

    NODE = "node"
    CODE = "code"
    INPUT = "input"
    STORAGE = "storage"
    NETWORK = "network"
    REGISTRY = "registry"
    PERMISSION = "permission"
    QUOTA = "quota"
    MEMORY = "memory"
    DISK = "disk"
    GPU = "gpu"


class Place(StrEnum):
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


_RANKS = {sure: rank for rank, sure in enumerate(Sure)}
_OUTSIDE = frozenset({About.STORAGE, About.NETWORK, About.REGISTRY})


class MessageEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one message means. The fields of a `[[message]]` table, in the catalog and of users.

    `patterns` are looked for in one line each (`message_pattern.py`), a line with any of `unless`
    left out, and only where a line with one of `after` stands somewhere before it, if any is given.
    """

    name: _Name
    about: About
    patterns: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    means: _Text
    case: bool = False
    """Whether capitals matter."""
    unless: tuple[_Text, ...] = ()
    after: tuple[_Text, ...] = ()
    places: tuple[Place, ...] = tuple(Place)
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


class Cause(msgspec.Struct, frozen=True):
    """What a line says of why a program failed."""

    entry: MessageEntry
    line: str
    place: Place | None
    number: int = 0
    """The line's place among those that were looked at."""


class Message:
    """An entry with its patterns made ready."""

    def __init__(self, entry: MessageEntry, *, guarded: bool) -> None:
        self.entry = entry
        self.guarded = guarded
        # What goes on from another line may be little: that one says the rest.
        brief = bool(entry.after)
        self.patterns, self.unless, self.after = (
            [MessagePattern(text, case=entry.case, brief=brief) for text in texts]
            for texts in (entry.patterns, entry.unless, entry.after)
        )

    def check(self) -> None:
        """Raise ValueError for a pattern that is wrong."""
        for pattern in (*self.patterns, *self.unless, *self.after):
            pattern.check()

    def speaks_in(self, line: Line, patterns: Sequence[MessagePattern]) -> bool:
        """Whether a line has one of its patterns, and is no chatter where that is looked at."""
        case = self.entry.case
        texts = (line.message, line.whole) if line.message != line.whole else (line.whole,)
        for text in texts:
            told = text if case else text.lower()
            for pattern in patterns:
                if pattern.needle not in (told.lower() if case else told):
                    continue
                found = pattern.found_in(told)
                if found and not (self.guarded and is_denied(told.lower(), *found)):
                    return not any(each.found_in(told) for each in self.unless)
        return False


class Messages:
    """Entries in their order, those of the user before those of the catalog."""

    def __init__(self, entries: Sequence[MessageEntry], *, own: Sequence[MessageEntry] = ()) -> None:
        self._own = [Message(entry, guarded=False) for entry in own]
        self._known = [Message(entry, guarded=True) for entry in entries]
        self.has_own = bool(own)

    def __iter__(self) -> Iterator[MessageEntry]:
        yield from (message.entry for message in (*self._own, *self._known))

    def cause_in(self, lines: Sequence[str], place: Place | None) -> Cause | None:
        """What the last lines of a text say of the cause, the surest first; None for nothing.

        Of equally sure lines the last one counts. What a user's own table matches comes first, the
        first table of all. `place` is None where it is not known.
        """
        read = _Reading(lines[-MOST_LINES:], max(len(lines) - MOST_LINES, 0))
        for message in read.candidates(self._own, place):
            if found := read.last_of(message, place):
                return found
        return read.surest_of(read.candidates(self._known, place), place)

    def causes_in(self, lines: Sequence[str], place: Place | None = None) -> Iterator[Cause]:
        """What each line says by itself, in the order of the lines; an entry is told of once."""
        told: set[str] = set()
        for number, line in enumerate(lines):
            # The lines before it may be what it goes on from.
            found = self.cause_in(lines[max(number - MOST_LINES, 0) : number + 1], place)
            if found and found.number == min(number, MOST_LINES) and line.strip():
                if found.entry.name not in told:
                    told.add(found.entry.name)
                    yield found


class _Reading:
    """The last lines of a text while entries are looked for in them."""

    def __init__(self, lines: Sequence[str], before: int) -> None:
        self._raw = lines
        self._before = before
        self._read: dict[int, Line] = {}
        self._text = "\n".join(lines).lower()
        self._words: frozenset[str] | None = None

    def candidates(self, messages: Sequence[Message], place: Place | None) -> list[Message]:
        """The entries that may be there: a word of each stands somewhere in the text."""
        if self._words is None:
            self._words = frozenset(_TOKEN.findall(self._text))
        return [
            message
            for message in messages
            if (place is None or place in message.entry.places)
            and any(self._may_hold(pattern) for pattern in message.patterns)
        ]

    def _may_hold(self, pattern: MessagePattern) -> bool:
        if pattern.word:
            return self._words is not None and pattern.word in self._words
        return pattern.needle in self._text

    def line(self, number: int) -> Line:
        """A line as it is looked at."""
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = read_line(self._raw[number])
        return found

    def last_of(self, message: Message, place: Place | None) -> Cause | None:
        """The last line in which an entry is found."""
        for number in reversed(range(len(self._raw))):
            line = self.line(number)
            if message.guarded and line.level is Level.CHATTER:
                continue
            if message.speaks_in(line, message.patterns) and self._goes_on(message, number):
                return Cause(message.entry, line.shown, place, self._before + number)
        return None

    def _goes_on(self, message: Message, number: int) -> bool:
        return not message.after or any(
            message.speaks_in(self.line(before), message.after) for before in range(number)
        )

    def surest_of(self, messages: Sequence[Message], place: Place | None) -> Cause | None:
        """Of all that is found the surest; of equally sure ones the last, then the first entry."""
        best: tuple[int, int, int] | None = None
        cause: Cause | None = None
        for order, message in enumerate(messages):
            found = self.last_of(message, place)
            if found is None:
                continue
            level = self.line(found.number - self._before).level
            rank = (level * len(_RANKS) + _RANKS[message.entry.sure], -found.number, order)
            if best is None or rank < best:
                best, cause = rank, found
        return cause


class _File(msgspec.Struct, frozen=True):
    """The tables `[[message]]` of a file, each still to be checked."""

    message: list[dict[str, Any]] = []


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
                Message(entry, guarded=False).check()
        except (ValueError, TypeError) as error:
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
    return msgspec.convert(fields, MessageEntry)


@cache
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


@cache
def known_messages() -> Messages:
    """The catalog, ready to be looked for in lines."""
    return Messages(message_catalog())
