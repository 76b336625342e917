"""What a question came to, for a program: items, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.item import Item
from batchdoctor.core.problem import Problem

ItemT = TypeVar("ItemT", bound=msgspec.Struct)


class Answer(msgspec.Struct, Generic[ItemT], frozen=True, kw_only=True):
    """The items of an answer, the same as in a document of the command, and read as a sequence.

    `summary` are the items in numbers, None for a change. `notes` are lines that the command would
    tell on standard error: retries, warnings, what a change disturbs. `span` is the time that the
    answer covers, `checked` what it rests on.
    """

    items: Sequence[ItemT]
    summary: Item | None = None
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    span: Span = Span()
    checked: Sequence[Checked] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be read."""
        return not self.problems

    @property
    def item(self) -> ItemT:
        """The item of an answer about one thing. Raises LookupError unless there is just one."""
        if len(self.items) != 1:
            raise LookupError(f"the answer has {len(self.items)} items, not one")
        return self.items[0]

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
