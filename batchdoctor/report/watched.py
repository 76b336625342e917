"""An answer that is asked for again and again: kept to be drawn anew, and compared with the last.

Spans and times go on by themselves, so what differs in them only has not changed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from batchdoctor.core.item import Item, plain
from batchdoctor.core.text.gate import json_line
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal

_GOES_ON = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?UTC|Z)?|less than a minute"
    r"|\d+ (?:d|h|min|s)\b(?: \d+ (?:h|min|s)\b)?"
)
# A number that stands alone; the digits of an id belong to it.
_NUMBER = re.compile(r"(?<![\w/.-])\d[\d,.]*(?![\w/-])")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
# What an item is, beside how it is.
_WHAT = (
    *("kind", "check", "name", "category", "code", "key", "path"),
    *("job_id", "task_id", "pool_id", "node_id", "id"),
)
# Fields that are spans up to now, as long as something runs.
_RUNS_ON = {"durationSeconds"}


class Change(StrEnum):
    """What became of an item or of a line."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"


class Kept(msgspec.Struct, frozen=True):
    """An answer whose items are all there, so that it can be drawn more than once."""

    document: Document[Any]
    items: Sequence[Item]
    ending: Ending

    @classmethod
    def of(cls, document: Document[Any]) -> Kept:
        """Take all items of a document."""
        items = list(document.items)
        return cls(document, items, document.ending())

    def lines(self, terminal: Terminal) -> list[str]:
        """Its page, as it looks on a terminal."""
        parts: list[str] = []
        again = replace(self.document, items=iter(self.items), ending=lambda: self.ending)
        write_table(again, parts.append, terminal)
        return "".join(parts).splitlines()


def marked(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[Change | None, str]]:
    """The lines there are, and among them once more those that are gone, each with what it is.

    A line of which only numbers are others is the same line.
    """
    old, new = [_steady(line) for line in before], [_steady(line) for line in now]
    for step, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step in {"delete", "replace"}:
            for line in before[i:j]:
                if line.strip():
                    yield Change.ENDED, _STYLE.sub("", line)
        for line in now[k:m]:
            is_new = step in {"insert", "replace"} and line.strip()
            yield (Change.NEW if is_new else None), line


def _steady(line: str) -> str:
    return _NUMBER.sub("#", _GOES_ON.sub("", _STYLE.sub("", line)))


def changes(
    before: Sequence[Item], now: Sequence[Item], *, complete: bool
) -> Iterator[tuple[Change, Item]]:
    """What is new, has changed, or has ended; nothing ended in an answer that is not complete."""
    left: dict[object, list[tuple[str, Item]]] = defaultdict(list)
    for item in before:
        left[_what(item)].append((_how(item), item))
    others = []
    for item in now:
        same = next((each for each in left[_what(item)] if each[0] == _how(item)), None)
        if same:
            left[_what(item)].remove(same)
        else:
            others.append(item)
    for item in others:
        known = left[_what(item)]
        yield (Change.CHANGED if known else Change.NEW), item
        del known[:1]
    if complete:
        for ended in left.values():
            for _, item in ended:
                yield Change.ENDED, item


def change_line(change: Change, item: Item, at: datetime) -> str:
    """One change as a line of JSON."""
    return json_line({"change": change.value, "at": utc_text(at), "item": plain(item)}) + "\n"


def _what(item: Item) -> object:
    subject = getattr(item, "subject", None)
    ids = (getattr(subject, name, None) for name in ("pool_id", "job_ids"))
    return (*(str(getattr(item, name, "")) for name in _WHAT), *map(str, ids))


def _how(item: Item) -> str:
    how = {key: value for key, value in plain(item).items() if key not in _RUNS_ON}
    return _GOES_ON.sub("", json_line(how))
