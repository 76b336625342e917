"""An answer comes in pages of bounded length, which together are all of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.answer import Answer
from batchdoctor.core.checked import Checked
from batchdoctor.core.item import Item
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import UsageError
from batchdoctor.mcp.pages import MOST_CHARACTERS, Pages

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


class Thing(Item, frozen=True, kw_only=True):
    name: str
    said: str | None = None
    ids: tuple[str, ...] = ()
    next_commands: tuple[str, ...] = ()


def length(page: dict[str, Any]) -> int:
    return len(msgspec.json.encode(page).decode())


def turned(pages: Pages, first: dict[str, Any]) -> list[dict[str, Any]]:
    """All pages of an answer."""
    found = [first]
    while "rest" in found[-1]:
        found.append(pages.turned("things", found[-1]["rest"]["cursor"]))
    return found


def test_a_short_answer_is_one_page_of_what_is_known() -> None:
    things = [Thing(name="a", said="no", next_commands=("batchdoctor triage",)), Thing(name="b")]
    answer = Answer(items=things, checked=[Checked(check="sizes", objects=2, of="things")])
    assert Pages().first("things", answer, "acct", NOW) == {
        "account": "acct",
        "asOf": "2026-11-21T03:00:00Z",
        "complete": True,
        "problems": [],
        "span": {},
        "checksRun": 1,
        "notLookedAt": [],
        "notes": [],
        "items": [{"name": "a", "said": "no", "ids": []}, {"name": "b", "ids": []}],
        "shortened": [],
    }


def test_what_could_not_be_read_is_told_once() -> None:
    problem = Problem("job a", "it is not there", ProblemKind.NOT_FOUND)
    blind = Checked(check="sizes", objects=None, of="things", problem="they were not there")
    notes = ("warning: job a: it is not there", "note: a listing was begun again")
    answer: Answer[Thing] = Answer(items=[], problems=[problem], notes=notes, checked=[blind])
    page = Pages().first("things", answer, None, NOW)
    assert {key: page[key] for key in ("complete", "problems", "notes", "checksRun")} == {
        "complete": False,
        "problems": [{"subject": "job a", "message": "it is not there", "kind": "not-found"}],
        "notes": ["note: a listing was begun again"],
        "checksRun": 0,
    }
    assert page["notLookedAt"] == [
        {"check": "sizes", "of": "things", "problem": "they were not there"}
    ]


@given(st.lists(st.integers(0, 9000), max_size=40), st.integers(0, 60))
def test_pages_are_bounded_and_every_item_is_on_one_of_them(
    sizes: list[int], problems: int
) -> None:
    pages = Pages()
    things = [Thing(name=f"thing {n}", said="é" * size) for n, size in enumerate(sizes)]
    answer = Answer(
        items=things, problems=[Problem(f"job {n}", "x" * 300) for n in range(problems)]
    )
    found = turned(pages, pages.first("things", answer, "acct", NOW))
    assert max(map(length, found)) <= MOST_CHARACTERS
    items = [item for page in found for item in page["items"]]
    assert [item["name"] for item in items] == [thing.name for thing in things]
    cut = [text for page in found for text in page["shortened"] if text.startswith("items")]
    whole = [item["said"] for item in items if not item["said"].endswith("…")]
    assert len(cut) == len(items) - len(whole)


def test_an_item_is_masked_before_it_is_cut() -> None:
    key = "x" * 1990 + " AccountKey=cGxhbnRlZGtleXBsYW50ZWRrZXk=; " + "y" * 9000
    page = Pages().first("things", Answer(items=[Thing(name="a", said=key)]), None, NOW)
    assert "cGxhbnRl" not in str(page)


def test_the_last_answers_are_remembered_and_each_cursor_belongs_to_its_tool() -> None:
    pages = Pages()
    things = [Thing(name=f"thing {n}", said="x" * 500) for n in range(20)]
    first = pages.first("things", Answer(items=things), None, NOW)
    cursor = first["rest"]["cursor"]
    assert pages.turned("things", cursor) == pages.turned("things", cursor)
    for tool, unknown in (("others", cursor), ("things", "9-9"), ("things", "one"), ("things", "")):
        with pytest.raises(UsageError, match="is not known") as caught:
            pages.turned(tool, unknown)
        assert caught.value.hint == (
            f"call {tool} without a cursor, and turn the pages of that answer"
        )
    for _ in range(8):
        pages.first("things", Answer(items=things), None, NOW)
    with pytest.raises(UsageError):
        pages.turned("things", cursor)
