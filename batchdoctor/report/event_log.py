"""Diagnostic-log events as a document: the summary, and the failures, nodes or events as items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.event_columns import (
    event_columns,
    logged_failure_columns,
    unfinished_columns,
)
from batchdoctor.report.event_items import (
    BUCKET_KEYS,
    EVENT_KEYS,
    UNFINISHED_KEYS,
    bucket_item,
    event_item,
    event_summary,
    unfinished_item,
)
from batchdoctor.report.event_page import event_blocks, timeline_blocks, unfinished_blocks
from batchdoctor.report.event_verdict import event_verdict, unfinished_verdict
from batchdoctor.report.failures import KEYS as FAILURE_KEYS
from batchdoctor.report.failures import failure_item, task_name
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column
from batchdoctor.report.suspects import KEYS as NODE_KEYS
from batchdoctor.report.suspects import node_name, suspect_item


class LogAnswer(msgspec.Struct, frozen=True):
    """The answer of `events parse`; `conclude` is called when the items have been read."""

    head: Head
    conclude: Callable[[], Conclusion]
    live: bool = False

    def of_buckets(self, buckets: Sequence[Bucket]) -> Document:
        """Every stretch of time as an item, and as a chart for people."""
        document = self._document(BUCKET_KEYS, map(bucket_item, buckets), lambda _: None)
        return replace(document, ending=lambda: self._ending(timeline_blocks(buckets)))

    def of_summary(self) -> Document:
        """No items."""
        return self._document((), iter(()), lambda _: None)

    def of_failures(self, failures: Iterator[Failure]) -> Document:
        """Every failed attempt as an item."""
        columns = logged_failure_columns(self.head.generated_at)
        return self._document(FAILURE_KEYS, map(failure_item, failures), task_name, columns)

    def of_nodes(self, nodes: Callable[[], Sequence[SuspectNode]]) -> Document:
        """Every suspect node as an item."""
        return self._document(NODE_KEYS, _later(nodes), node_name)

    def of_unfinished(self, attempts: Callable[[], Sequence[Unfinished]]) -> Document:
        """Every attempt that has not ended as an item, the longest running first."""
        found: list[Unfinished] = []

        def items() -> Iterator[Item]:
            found.extend(attempts())
            yield from map(unfinished_item, found)

        document = self._document(UNFINISHED_KEYS, items(), task_name, unfinished_columns())
        return replace(
            document, ending=lambda: self._ending(unfinished_blocks(found), unfinished_verdict)
        )

    def of_events(self, events: Iterator[Event]) -> Document:
        """Every event as an item."""
        return self._document(EVENT_KEYS, map(event_item, events), _event_name, event_columns())

    def _document(
        self,
        keys: tuple[str, ...],
        items: Iterator[Item],
        name_of: Callable[[Item], str | None],
        columns: tuple[Column, ...] = (),
    ) -> Document:
        return Document(
            head=self.head,
            keys=keys,
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
            summary=event_summary(concluded.summary),
            problems=concluded.problems,
            page=event_blocks(concluded) if page is None else page,
            verdict=verdict(concluded),
            span=concluded.span,
            checked=concluded.checked,
        )


def _later(nodes: Callable[[], Sequence[SuspectNode]]) -> Iterator[Item]:
    yield from map(suspect_item, nodes())


def _event_name(item: Item) -> str | None:
    return task_name(item) if item["taskId"] else None
