"""The one versioned document that every command answers with, before it becomes text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.item import Item
from batchdoctor.core.problem import Problem
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Prefixed

ItemT = TypeVar("ItemT", bound=Item)


# The `JOB/TASK` or `POOL/NODE` of an item; several where it is about several, None for no such.
Names = str | Sequence[str] | None


class Ending(msgspec.Struct, frozen=True):
    """What is known only when the last item has been read.

    `page` is what a table shows below its rows, `verdict` its last line. `span` is the time that
    the answer covers, `checked` what it rests on.
    """

    summary: Item
    problems: Sequence[Problem]
    page: Sequence[Block]
    verdict: str
    span: Span = Span()
    checked: Sequence[Checked] = ()


class Document(msgspec.Struct, Generic[ItemT], frozen=True):
    """An answer: a head, items that are read once and streamed, and an ending.

    `item_type` is the type of every item, None where there are none; its fields are the columns of
    csv and tsv. `name_of` gives the `JOB/TASK` or `POOL/NODE` that the format `ids`
    prints, several for an item of several, or None for one without.
    `columns` are the columns of the table of items; without any the table shows the ending only.
    In a `live` document each row is shown before the next is known.
    With `lines_of` items are shown as lines of files instead, as they stand.
    `ending` may be called only after `items` has run out.
    """

    head: Head
    item_type: type[ItemT] | None
    items: Iterator[ItemT]
    ending: Callable[[], Ending]
    name_of: Callable[[ItemT], Names]
    columns: tuple[Column[ItemT], ...] = ()
    heading: str | None = None
    live: bool = False
    lines_of: Callable[[ItemT], Iterator[Prefixed]] | None = None
