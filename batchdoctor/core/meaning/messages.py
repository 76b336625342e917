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

from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.chatter import Level, Line, is_denied, read_line
from batchdoctor.core.meaning.message_pattern import MessagePattern
from batchdoctor.core.text.step import Step
from batchdoctor.errors import BatchdoctorError

# Nobody reads further back for why a program ended.
MOST_LINES = 400
_TOKEN = re.compile(r"[^\W_]\w*")
_TRACEBACK = "Traceback (most recent call last)"

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


_RANKS = {sure: rank for rank, sure in enumerate(Sure)}
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


class Cause(msgspec.Struct, frozen=True):
    """What a line says of why a program failed."""

    entry: MessageEntry
    line: str
    place: Stands | None
    words: str = ""
    """The words in it that were looked for."""
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

    def words_in(self, line: Line, patterns: Sequence[MessagePattern]) -> str | None:
        """What of a line one of its patterns is found in; None where none is."""
        case = self.entry.case
        texts = (line.message, line.whole) if line.message != line.whole else (line.whole,)
        for text in texts:
            told = text if case else text.lower()
            for pattern in patterns:
                if pattern.needle not in (told.lower() if case else told):
                    continue
                found = pattern.found_in(told)
                if found and not (self.guarded and is_denied(told.lower(), *found)):
                    if any(each.found_in(told) for each in self.unless):
                        return None
                    return text[slice(*found)].strip(" :,;-")
        return None


class Messages:
    """Entries in their order, those of the user before those of the catalog."""

    def __init__(
        self, entries: Sequence[MessageEntry], *, own: Sequence[MessageEntry] = ()
    ) -> None:
        self._own = _Indexed([Message(entry, guarded=False) for entry in own])
        self._known = _Indexed([Message(entry, guarded=True) for entry in entries])

    def __iter__(self) -> Iterator[MessageEntry]:
        yield from (message.entry for message in (*self._own.messages, *self._known.messages))

    def cause_in(self, lines: Sequence[str], place: Stands | None) -> Cause | None:
        """What the last lines of a text say of the cause, the surest first; None for nothing.

        Of equally sure lines the last one counts. What a user's own table matches comes first, the
        first table of all. `place` is None where it is not known.
        """
        read = _Reading(lines[-MOST_LINES:], max(len(lines) - MOST_LINES, 0))
        for message in self._own.in_text(read, place):
            if found := read.last_of(message, place):
                return found
        return read.surest_of(self._known.in_text(read, place), place)

    def causes_in(self, lines: Sequence[str]) -> Iterator[Cause]:
        """What the lines say, each by itself; an entry is told of once, at its first line."""
        told: set[str] = set()
        begun: int | None = None
        for number, line in enumerate(lines):
            if line.lstrip().startswith(_TRACEBACK):
                begun = number
            found = self.cause_in([line], None)
            # What follows a traceback may be an error by that alone.
            if found is None and begun is not None and begun < number < begun + MOST_LINES:
                after = self.cause_in(lines[begun : number + 1], None)
                found = after if after and after.number == number - begun else None
            if found and found.entry.name not in told:
                told.add(found.entry.name)
                yield found


class _Indexed:
    """Entries in their order, found by the words of a text."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self._by_word: dict[str, list[int]] = {}
        self._by_needle: list[tuple[str, int]] = []
        for order, message in enumerate(messages):
            for pattern in message.patterns:
                if pattern.word:
                    self._by_word.setdefault(pattern.word, []).append(order)
                else:
                    self._by_needle.append((pattern.needle, order))

    def in_text(self, read: _Reading, place: Stands | None) -> list[Message]:
        """The entries that may be there, in their order: words of each stand in the text."""
        if not self.messages:
            return []
        known = read.words & self._by_word.keys()
        orders = {order for word in known for order in self._by_word[word]}
        orders |= {order for needle, order in self._by_needle if needle in read.text}
        found = [self.messages[order] for order in sorted(orders)]
        return [each for each in found if place is None or place in each.entry.places]


class _Reading:
    """The last lines of a text while entries are looked for in them."""

    def __init__(self, lines: Sequence[str], before: int) -> None:
        self._raw = lines
        self._before = before
        self._read: dict[int, Line] = {}
        self.text = "\n".join(lines).lower()
        self.words = frozenset(_TOKEN.findall(self.text))

    def line(self, number: int) -> Line:
        """A line as it is looked at."""
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = read_line(self._raw[number])
        return found

    def last_of(self, message: Message, place: Stands | None) -> Cause | None:
        """The last line in which an entry is found."""
        for number in reversed(range(len(self._raw))):
            line = self.line(number)
            if message.guarded and line.level is Level.CHATTER:
                continue
            words = message.words_in(line, message.patterns)
            if words is not None and self._goes_on(message, number):
                return Cause(message.entry, line.shown, place, words, self._before + number)
        return None

    def _goes_on(self, message: Message, number: int) -> bool:
        """Whether the line before it, indented ones left out, is one that it has to follow."""
        if not message.after:
            return True
        before = number - 1
        while before >= 0 and self._raw[before][:1] in {"", " ", "\t"}:
            before -= 1
        return before >= 0 and message.words_in(self.line(before), message.after) is not None

    def surest_of(self, messages: Sequence[Message], place: Stands | None) -> Cause | None:
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
