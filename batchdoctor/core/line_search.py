"""Searches lines of a file as its bytes arrive, keeping no more than those around a match."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec

# A longer line is searched in pieces of this many bytes, so that a file without ends of lines
# takes no more memory than others.
LONGEST_LINE = 64 * 1024
# What means something else than itself in a pattern.
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")
# Patterns no part of which can match an end of a line, or look beyond one: what they match in many
# lines at once, each of its own, is what they match in these one by one, and in no more time.
_WITHIN_LINES = re.compile(
    r"(?:\(\?i\))?(?:[^\\\[(\x00-\x1f]|\\[dwSbB]|\\[^A-Za-z0-9\x00-\x1f]"
    r"|\[(?!\^)[^\\\]\x00-\x1f]+\]|\((?!\?)|\(\?:)*"
)
_POSSESSIVE = re.compile(r"[*+?}]\+")


class FoundLine(msgspec.Struct):
    """A line that matches, counted from 1, with lines around it that no other match has."""

    number: int
    line: str
    before: tuple[str, ...] = ()
    after: list[str] = msgspec.field(default_factory=list)


class LineSearch(msgspec.Struct, frozen=True):
    """What is looked for: a pattern, and how many lines around each match are wanted."""

    pattern: re.Pattern[str]
    context: int = 0

    def found(self, blocks: Iterable[bytes]) -> Iterator[FoundLine]:
        """Yield the matches in a file, each once the lines after it are known.

        As with grep, a line stands in one place only: before a match, in it, or after the one
        before.
        """
        before: deque[str] = deque(maxlen=self.context)
        held: FoundLine | None = None
        search = self.pattern.search
        for number, line in numbered_lines(self._worth_it(blocks)):
            if search(line):
                if held:
                    yield held
                held = FoundLine(number, line, tuple(before))
                before.clear()
            elif held and len(held.after) < self.context:
                held.after.append(line)
            else:
                if held:
                    yield held
                    held = None
                before.append(line)
        if held:
            yield held

    def _worth_it(self, blocks: Iterable[bytes]) -> Iterator[bytes | int]:
        """The bytes that a match may be in; of others, where they end a line, their lines only."""
        absent = self._absence()
        rest = b""
        for block in blocks:
            data = rest + block
            end = data.rfind(b"\n") + 1
            rest = data[end:]
            if len(rest) > LONGEST_LINE:
                end, rest = len(data), b""
            whole = data[:end]
            if whole and (absent is None or not absent(whole)):
                yield whole
            elif whole:
                yield whole.count(b"\n")
        if rest:
            yield rest

    def _absence(self) -> Callable[[bytes], bool] | None:
        """What tells, of many lines at once, that none matches; None where nothing does."""
        text, flags = self.pattern.pattern, self.pattern.flags
        if self.context:
            return None
        if not _SPECIAL.search(text) and not flags & re.IGNORECASE:
            word = text.encode()
            return lambda lines: word not in lines
        if not _WITHIN_LINES.fullmatch(text) or _POSSESSIVE.search(text):
            return None
        search = re.compile(text, flags | re.MULTILINE).search
        return lambda lines: (
            search(lines.replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")) is None
        )


def numbered_lines(parts: Iterable[bytes | int]) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers, the pieces of a long one with the same.

    A number among the parts is of ends of lines that are passed over.
    """
    number, inside = 0, False
    for part in parts:
        if isinstance(part, int):
            number += part - inside
            inside = False
            continue
        for line in _lines(part):
            number += not inside
            inside = False
            for start in range(0, max(len(line), 1), LONGEST_LINE):
                yield number, line[start : start + LONGEST_LINE]
        inside = not part.endswith(b"\n")


def _lines(part: bytes) -> Iterator[str]:
    """The lines one by one, without their ends: a list of them takes ten times their bytes."""
    start = 0
    while start < len(part):
        end = part.find(b"\n", start)
        end = len(part) if end < 0 else end
        yield part[start:end].decode("utf-8", "backslashreplace").removesuffix("\r")
        start = end + 1
