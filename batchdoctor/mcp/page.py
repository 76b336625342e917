"""What a tool answers with: a page of the items of an answer, and what it rests on."""

from __future__ import annotations

from typing import Generic, TypeVar

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.item import Item, Moment
from batchdoctor.report.envelope import ProblemItem

SummaryT = TypeVar("SummaryT")
EachT = TypeVar("EachT")


class Rest(Item, frozen=True, kw_only=True):
    """How many items are left, and what to ask for them with: the same tool, and this cursor."""

    items: int
    cursor: str


class Page(Item, Generic[SummaryT, EachT], frozen=True, kw_only=True):
    """Some items of an answer. A key that is missing is not known.

    `complete` is false when anything that was asked for could not be read; `problems` says what.
    `checksRun` are the checks that an answer without findings rests on, `notLookedAt` those that
    could not be made. `shortened` names what was left out of long texts, lists and tables. `rest`
    is there when there are more items.
    """

    account: str | None
    as_of: Moment
    complete: bool
    problems: tuple[ProblemItem, ...]
    summary: SummaryT | None
    span: Span
    checks_run: int
    not_looked_at: tuple[Checked, ...]
    notes: tuple[str, ...]
    items: tuple[EachT, ...]
    shortened: tuple[str, ...]
    rest: Rest | None
