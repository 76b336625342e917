"""Which words of a text are other ones in another text, to be told instead of both texts."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from typing import NamedTuple

# The parts that a command line is changed in; a version is one.
_PART = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)*|\s+|.", re.DOTALL)
_LONGEST, _MOST_PARTS = 160, 4000
_GAP = " … "


class Change(NamedTuple):
    """What stands in one text and not in another: the parts, and the words that they stand in."""

    key: tuple[str, str]
    before: str
    after: str


def in_common(texts: Collection[str]) -> str | None:
    """What texts have in common, with `#` for each part that varies; None if they are not alike."""
    rows = [_PART.findall(text)[:_MOST_PARTS] for text in texts]
    if len({len(row) for row in rows}) != 1:
        return None
    columns = [set(column) for column in zip(*rows, strict=True)]
    varying = sum(len(column) > 1 for column in columns)
    if 2 * varying > len(columns):
        return None
    return "".join(column.pop() if len(column) == 1 else "#" for column in columns)


def change_of(before: str, after: str) -> Change:
    """Compare two texts part by part, and tell the words that the parts stand in."""
    left, right = _PART.findall(before)[:_MOST_PARTS], _PART.findall(after)[:_MOST_PARTS]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    gone, come = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            gone.append("".join(left[a:b]))
            come.append("".join(right[c:d]))
    told = _words(before, after)
    return Change(("\0".join(gone), "\0".join(come)), *told)


def _words(before: str, after: str) -> tuple[str, str]:
    """The words that differ, each run of them with the option that it follows."""
    left, right = before.split(), after.split()
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    gone, come = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        lead = left[a - 1 : a] if a and left[a - 1].startswith("-") and b > a and d > c else []
        gone.append(" ".join([*lead, *left[a:b]]))
        come.append(" ".join([*lead, *right[c:d]]))
    return _cut(_GAP.join(filter(None, gone))), _cut(_GAP.join(filter(None, come)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
