"""Lists of jobs, pools, nodes and tasks as documents: a line each, then how many in which state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from batchdoctor.core.checked import Span, blind_spots
from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.summary import ListSummary, examined_list
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Commands

ItemT = TypeVar("ItemT", ListedJob, ListedPool, ListedNode, ListedTask)


class Kind(msgspec.Struct, Generic[ItemT], frozen=True):
    """What one kind of list looks like; `next_command` is about the first line that has one."""

    noun: str
    item_type: type[ItemT]
    columns: Callable[[datetime], tuple[Column[ItemT], ...]]
    next_command: Callable[[ItemT], str | None]


class Listing(msgspec.Struct, Generic[ItemT]):
    """The answer of a list, made while its items go by."""

    head: Head
    kind: Kind[ItemT]
    items: Iterator[ItemT]
    problems: Sequence[Problem]
    narrowed: bool = False
    """Whether anything was left out on purpose."""
    limit: int | None = None
    span: Span = Span()
    count: int = 0
    by_state: dict[str, int] = msgspec.field(default_factory=dict)
    advised: str | None = None

    def document(self) -> Document[ItemT]:
        """Every thing as an item."""
        return Document(
            head=self.head,
            item_type=self.kind.item_type,
            items=self._counted(),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=self.kind.columns(self.head.generated_at),
        )

    def _counted(self) -> Iterator[ItemT]:
        for item in self.items:
            self.count += 1
            state = item.stands or "unknown"
            self.by_state[state] = self.by_state.get(state, 0) + 1
            self.advised = self.advised or self.kind.next_command(item)
            yield item

    def _ending(self) -> Ending:
        cut = self.limit is not None and self.count >= self.limit
        checked = examined_list(self.kind.noun, self.count, whole=not self.problems, cut=cut)
        page: Sequence[Block] = (Commands("Next", [("", self.advised)]),) if self.advised else ()
        blind = "; ".join(blind_spots(checked))
        return Ending(
            summary=ListSummary(listed=self.count, by_state=largest_first(self.by_state)),
            problems=self.problems,
            page=page,
            verdict=f"{self._verdict()}{f' ({blind})' if blind else ''}.",
            span=self.span,
            checked=checked,
        )

    def _verdict(self) -> str:
        noun = self.kind.noun
        if not self.count:
            return f"No {noun} is like that" if self.narrowed else f"There are no {noun}s"
        states = [f"{count:,} {state}" for state, count in largest_first(self.by_state).items()]
        return f"{plural(self.count, noun)}: {', '.join(states)}"
