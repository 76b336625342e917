"""The end of a wait as a document: one item, and for people one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from batchdoctor.core.problem import Problem
from batchdoctor.core.waits.item import WaitItem, WaitSummary
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Commands


class WaitReport(msgspec.Struct):
    """The answer of `wait`, which begins when its item is asked for."""

    head: Head
    wait: Callable[[], WaitItem]
    problems: Callable[[], Sequence[Problem]]
    item: WaitItem | None = None

    def document(self) -> Document[WaitItem]:
        """The end of the wait as an item."""
        return Document(
            head=self.head,
            item_type=WaitItem,
            items=self._items(),
            ending=self._ending,
            name_of=_name_of,
        )

    def _items(self) -> Iterator[WaitItem]:
        self.item = self.wait()
        yield self.item

    def _ending(self) -> Ending:
        item = self.item
        page: list[Block] = []
        if item and item.next_commands:
            page.append(Commands("Next", [("", line) for line in item.next_commands]))
        return Ending(
            summary=WaitSummary(
                outcome=item.outcome if item else None,
                polls=item.polls if item else 0,
                failed_polls=item.failed_polls if item else 0,
                waited_seconds=item.waited_seconds if item else 0.0,
            ),
            problems=self.problems(),
            page=page,
            verdict=item.message if item else "Interrupted.",
        )


def _name_of(item: WaitItem) -> str | None:
    if item.task_id:
        return f"{item.job_id}/{item.task_id}"
    return f"{item.pool_id}/{item.node_id}" if item.node_id else None
