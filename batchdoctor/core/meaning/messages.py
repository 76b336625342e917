"""What the words of a program say of why it failed: the entries that are found in its lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import msgspec

from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.chatter import Level, Line, is_denied, plain_line, read_line
from batchdoctor.core.meaning.message_entry import (
    MessageEntry,
    Stands,
    Sure,
    message_catalog,
    patterns_of,
)
from batchdoctor.core.meaning.message_pattern import MessagePattern
from batchdoctor.core.meaning.once import read_once

# Nobody reads further back for why a program ended.
MOST_LINES = 400
_TOKEN = re.compile(r"[^\W_]\w*")
_TRACEBACK = "Traceback (most recent call last)"

_RANKS = {sure: rank for rank, sure in enumerate(Sure)}


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
        self.patterns, self.unless, self.after = patterns_of(entry)

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
        for candidate in self._own.in_text(read, place):
            if found := read.last_of(candidate, place):
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
        self._by_word: dict[str, list[tuple[int, int, MessagePattern]]] = {}
        self._by_needle: list[tuple[int, int, MessagePattern]] = []
        each_word = (p.words for message in messages for p in message.patterns)
        often = Counter(chain.from_iterable(each_word))
        for order, message in enumerate(messages):
            for place, pattern in enumerate(message.patterns):
                told = (order, place, pattern)
                if pattern.words:
                    # Under its rarest word it is asked for least.
                    word = min(pattern.words, key=often.__getitem__)
                    self._by_word.setdefault(word, []).append(told)
                else:
                    self._by_needle.append(told)

    def in_text(self, read: _Reading, place: Stands | None) -> list[_Candidate]:
        """The entries that may be there, in their order: all words of a pattern are in the text."""
        if not self.messages:
            return []
        known = read.words & self._by_word.keys()
        told = [
            each
            for word in known
            for each in self._by_word[word]
            if each[2].words <= read.words and each[2].mark in read.text
        ]
        told += [each for each in self._by_needle if each[2].mark in read.text]
        found: dict[int, list[MessagePattern]] = {}
        for order, _, pattern in sorted(told, key=lambda each: each[:2]):
            found.setdefault(order, []).append(pattern)
        return [
            _Candidate(self.messages[order], patterns)
            for order, patterns in found.items()
            if place is None or place in self.messages[order].entry.places
        ]


class _Candidate(NamedTuple):
    """An entry that may be in a text, and those of its patterns that may."""

    message: Message
    patterns: list[MessagePattern]


class _Reading:
    """The last lines of a text while entries are looked for in them."""

    def __init__(self, lines: Sequence[str], before: int) -> None:
        self._raw = lines
        self._before = before
        self._read: dict[int, Line] = {}
        self._small = [" ".join(plain_line(line).lower().split()) for line in lines]
        self.text = "\n".join(self._small)
        ends = [0, *accumulate(len(line) + 1 for line in self._small)]
        self._begins = ends[:-1]
        self.words = frozenset(_TOKEN.findall(self.text))

    def line(self, number: int) -> Line:
        """A line as it is looked at."""
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = read_line(self._raw[number])
        return found

    def _lines_with(self, mark: str, after: int) -> Iterator[int]:
        """The lines after one that a text stands in, found in all of them at once."""
        if after + 1 >= len(self._begins):
            return
        at = self.text.find(mark, self._begins[after + 1])
        while at >= 0:
            number = bisect_right(self._begins, at) - 1
            yield number
            if number + 1 == len(self._begins):
                return
            at = self.text.find(mark, self._begins[number + 1])

    def last_of(self, candidate: _Candidate, place: Stands | None, after: int = -1) -> Cause | None:
        """The last line in which an entry is found, of those after one."""
        message, patterns = candidate
        numbers = {
            number for pattern in patterns for number in self._lines_with(pattern.mark, after)
        }
        for number in sorted(numbers, reverse=True):
            small = self._small[number]
            here = [pattern for pattern in patterns if pattern.mark in small]
            line = self.line(number)
            if message.guarded and not _is_believed(line.level, message.entry):
                continue
            words = message.words_in(line, here)
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

    def surest_of(self, candidates: Sequence[_Candidate], place: Stands | None) -> Cause | None:
        """Of all that is found the surest; of equally sure ones the last, then the first entry."""
        best, cause, after = len(_RANKS) * len(Level), None, -1
        for candidate in sorted(candidates, key=lambda each: _RANKS[each.message.entry.sure]):
            sure = _RANKS[candidate.message.entry.sure]
            if sure > best:
                break
            # What is as sure counts only in a later line.
            found = self.last_of(candidate, place, after if sure == best else -1)
            if found is None:
                continue
            number = found.number - self._before
            rank = self.line(number).level * len(_RANKS) + sure
            if rank < best or (rank == best and number > after):
                best, cause, after = rank, found, number
        return cause


def _is_believed(level: Level, entry: MessageEntry) -> bool:
    """Whether a line so loud may tell a cause: a warning only what is sure, or is around."""
    if level is Level.WARNING:
        ours = entry.about in (About.CODE, About.INPUT)
        return entry.sure is Sure.CERTAIN or (entry.sure is Sure.LIKELY and not ours)
    return level is Level.LOUD


@read_once
def known_messages() -> Messages:
    """The catalog, ready to be looked for in lines."""
    return Messages(message_catalog())


def cause_in_details(text: str) -> Cause | None:
    """What the catalog finds in what the service says of a failure."""
    return known_messages().cause_in(text.splitlines(), Stands.DETAILS)
