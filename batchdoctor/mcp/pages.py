"""Hands an answer out in pages of bounded length, and remembers the last ones for their cursors."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

import msgspec

from batchdoctor.core.answer import Answer
from batchdoctor.core.item import Item, encodable, plain
from batchdoctor.core.text.gate import json_line
from batchdoctor.errors import UsageError
from batchdoctor.mcp.page import Page, Rest
from batchdoctor.mcp.shortened import length_of, shortened
from batchdoctor.report.envelope import problem_item

# Characters of JSON: three pages are less than 4,000 tokens, at three and a half characters each.
MOST_CHARACTERS = 4_400
# Of those, what the head may take: problems, numbers, notes.
_MOST_OF_HEAD = 1_400
# Its own keys, commas and cursor, which are not counted one by one.
_FRAME = 200
# Answers that a cursor may lead back to.
_REMEMBERED = 8
# Each of them stands in `advice` too.
LEFT_OUT = "nextCommands"


class _Kept(msgspec.Struct, frozen=True):
    """An answer that has more than one page."""

    tool: str
    head: dict[str, Any]
    items: Sequence[msgspec.Struct]


class Pages:
    """The pages of the last answers of one session."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._numbers = count(1)

    def first(
        self, tool: str, answer: Answer[Any], account: str | None, as_of: datetime
    ) -> dict[str, Any]:
        """The first page of an answer, a JSON object; `account` is None where none was asked."""
        number = next(self._numbers)
        self._kept[number] = _Kept(tool, _head(answer, account, as_of), answer.items)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
        return self._page(number, 0)

    def turned(self, tool: str, cursor: str) -> dict[str, Any]:
        """The page that a cursor leads to. Raises UsageError for one that is not known any more."""
        number, _, offset = cursor.partition("-")
        known = number.isdecimal() and offset.isdecimal() and int(number) in self._kept
        if not known or self._kept[int(number)].tool != tool:
            raise UsageError(
                f"The cursor {cursor!r} is not known, or not any more.",
                hint=f"call {tool} without a cursor, and turn the pages of that answer",
            )
        self._kept.move_to_end(int(number))
        return self._page(int(number), int(offset))

    def _page(self, number: int, begin: int) -> dict[str, Any]:
        kept = self._kept[number]
        room = MOST_CHARACTERS - _FRAME - length_of(kept.head)
        items: list[Any] = []
        left_out = [*kept.head["shortened"]]
        for item in kept.items[begin:]:
            value = _clean(item)
            # Nothing is shortened so that it fits behind another.
            fitted = shortened(value, MOST_CHARACTERS - _FRAME - length_of(kept.head))
            room -= length_of(fitted.value) + length_of(fitted.left_out)
            if items and room < 0:
                break
            items.append(fitted.value)
            left_out += [f"items[{len(items) - 1}].{each}" for each in fitted.left_out]
        page = {**kept.head, "items": items, "shortened": left_out}
        end = begin + len(items)
        if end < len(kept.items):
            page["rest"] = plain(Rest(items=len(kept.items) - end, cursor=f"{number}-{end}"))
        return page


def _head(answer: Answer[Any], account: str | None, as_of: datetime) -> dict[str, Any]:
    """A page without its items. A warning about what is a problem is told once."""
    page: Page[Item, Item] = Page(
        account=account,
        as_of=as_of,
        complete=answer.complete,
        problems=tuple(map(problem_item, answer.problems)),
        summary=answer.summary,
        span=answer.span,
        checks_run=sum(check.known for check in answer.checked),
        not_looked_at=tuple(check for check in answer.checked if not check.whole),
        notes=tuple(note for note in answer.notes if not _is_told(note, answer)),
        items=(),
        shortened=(),
        rest=None,
    )
    head = shortened(_clean(page), _MOST_OF_HEAD)
    return {**head.value, "shortened": list(head.left_out)}


def _is_told(note: str, answer: Answer[Any]) -> bool:
    return any(problem.message in note for problem in answer.problems)


def _clean(item: msgspec.Struct) -> dict[str, Any]:
    """A struct as JSON has it, masked, without what is not known or stands there twice."""
    value: dict[str, Any] = _known(msgspec.json.decode(json_line(encodable(item))))
    value.pop(LEFT_OUT, None)
    return value


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_known(each) for each in value]
    return value
