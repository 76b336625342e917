"""Diagnostic-log events as a document: the summary, and the failures, nodes or events as items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import FailedTask, failed_task
from batchdoctor.core.item import Item
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.items import (
    BucketItem,
    EventItem,
    UnfinishedItem,
    bucket_item,
    event_item,
    unfinished_item,
)
from batchdoctor.core.log.summary_item import log_summary
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.suspicion.item import SuspectItem, suspect_item
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.report.document import Document, Ending, ItemT
from batchdoctor.report.event_columns import (
    event_columns,
    logged_failure_columns,
    new_suspect_columns,
    unfinished_columns,
)
from batchdoctor.report.event_page import event_blocks, timeline_blocks, unfinished_blocks
from batchdoctor.report.event_verdict import event_verdict, unfinished_verdict
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column


class LogAnswer(msgspec.Struct, frozen=True):
    """The answer of `events parse`; `conclude` is called when the items have been read."""

    head: Head
    conclude: Callable[[], Conclusion]
    live: bool = False

    def of_buckets(self, buckets: Sequence[Bucket]) -> Document[BucketItem]:
        """Every stretch of time as an item, and as a chart for people."""
        document = self._document(BucketItem, map(bucket_item, buckets), lambda _: None)
        return replace(document, ending=lambda: self._ending(timeline_blocks(buckets)))

    def of_summary(self, read: Callable[[], None] = lambda: None) -> Document[Item]:
        """No items; `read` reads everything, when they are asked for."""
        return self._document(None, _nothing_after(read), lambda _: None)

    def of_failures(self, failures: Iterator[Failure]) -> Document[FailedTask]:
        """Every failed attempt as an item."""
        columns = logged_failure_columns(self.head.generated_at)
        items = map(failed_task, failures)
        return self._document(FailedTask, items, lambda item: item.name, columns)

    def of_nodes(self, nodes: Callable[[], Sequence[SuspectNode]]) -> Document[SuspectItem]:
        """Every suspect node as an item."""
        return self._document(SuspectItem, _later(nodes), lambda item: item.name)

    def of_new_nodes(self, nodes: Iterator[SuspectNode]) -> Document[SuspectItem]:
        """Every node that becomes suspect as an item, with its columns, since it has no page."""
        items = map(suspect_item, nodes)
        return self._document(SuspectItem, items, lambda item: item.name, new_suspect_columns())

    def of_unfinished(
        self, attempts: Callable[[], Sequence[Unfinished]]
    ) -> Document[UnfinishedItem]:
        """Every attempt that has not ended as an item, the longest running first."""
        found: list[Unfinished] = []

        def items() -> Iterator[UnfinishedItem]:
            found.extend(attempts())
            yield from map(unfinished_item, found)

        columns = unfinished_columns()
        document = self._document(UnfinishedItem, items(), lambda item: item.name, columns)
        return replace(
            document, ending=lambda: self._ending(unfinished_blocks(found), unfinished_verdict)
        )

    def of_events(self, events: Iterator[Event]) -> Document[EventItem]:
        """Every event as an item."""
        items = map(event_item, events)
        return self._document(EventItem, items, lambda item: item.name, event_columns())

    def _document(
        self,
        item_type: type[ItemT] | None,
        items: Iterator[ItemT],
        name_of: Callable[[ItemT], str | None],
        columns: tuple[Column[ItemT], ...] = (),
    ) -> Document[ItemT]:
        return Document(
            head=self.head,
            item_type=item_type,
            items=items,
            ending=self._ending,
            name_of=name_of,
            columns=columns,
            live=self.live,
        )

    def _ending(
        self,
        page: Sequence[Block] | None = None,
        verdict: Callable[[Conclusion], str] = event_verdict,
    ) -> Ending:
        concluded = self.conclude()
        return Ending(
            summary=log_summary(concluded),
            problems=concluded.problems,
            page=event_blocks(concluded) if page is None else page,
            verdict=verdict(concluded),
            span=concluded.span,
            checked=concluded.checked,
        )


def _later(nodes: Callable[[], Sequence[SuspectNode]]) -> Iterator[SuspectItem]:
    yield from map(suspect_item, nodes())


def _nothing_after(read: Callable[[], None]) -> Iterator[Item]:
    read()
    yield from ()
