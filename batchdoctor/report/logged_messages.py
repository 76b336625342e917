"""Failures of event logs grouped by the messages that the service tells of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from batchdoctor.core.failures.by_message import MessageCounts, spoken_line
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import MessageGroup
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.event_log import LogAnswer
from batchdoctor.report.message_groups import message_blocks


def of_messages(answer: LogAnswer, failures: Iterator[Failure]) -> Document[MessageGroup]:
    """Every group as an item, the largest first; a log has no words of programs."""
    counts, found = MessageCounts(), list[MessageGroup]()

    def items() -> Iterator[MessageGroup]:
        for failure in failures:
            counts.add(failure, spoken_line(failure, None, None, None))
        found.extend(counts.groups())
        yield from found

    document = answer.of_summary()

    def ending() -> Ending:
        return replace(document.ending(), page=message_blocks(found, answer.head))

    return Document(
        head=document.head,
        item_type=MessageGroup,
        items=items(),
        ending=ending,
        name_of=lambda item: item.name,
    )
