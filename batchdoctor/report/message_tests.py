"""Tested messages as a document: one item a table, and whether each matches as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from batchdoctor.core.meaning.message_test import TestedMessage, TestSummary
from batchdoctor.core.text.wording import plural, verb
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Tone


class MessageTests(msgspec.Struct):
    """The answer of `messages test`; `lines` is how many the log has, None without one."""

    head: Head
    tested: Iterable[TestedMessage]
    lines: int | None = None
    shown: list[TestedMessage] = msgspec.field(default_factory=list)

    def document(self) -> Document[TestedMessage]:
        """Every table as an item; the format ids prints its name."""
        return Document(
            head=self.head,
            item_type=TestedMessage,
            items=self._items(),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _items(self) -> Iterator[TestedMessage]:
        for item in self.tested:
            self.shown.append(item)
            yield item

    @property
    def wrong(self) -> int:
        """How many do not match as they are meant."""
        return sum(not item.as_meant for item in self.shown)

    def _ending(self) -> Ending:
        matched = None if self.lines is None else sum(item.matches or 0 for item in self.shown)
        return Ending(
            summary=TestSummary(
                messages=len(self.shown),
                as_meant=len(self.shown) - self.wrong,
                lines=self.lines,
                matched=matched,
            ),
            problems=(),
            page=_blocks(self.shown),
            verdict=self._verdict(matched),
        )

    def _verdict(self, matched: int | None) -> str:
        found = (
            "" if matched is None else f"; {matched:,} of {plural(self.lines or 0, 'line')} match"
        )
        if self.wrong:
            do = verb(self.wrong, "does", "do")
            told = f"{self.wrong} of {plural(len(self.shown), 'message')} {do} not match as meant"
        else:
            told = f"{plural(len(self.shown), 'message')}, none against its own examples"
        return f"{told}{found}."


def _blocks(items: Sequence[TestedMessage]) -> Sequence[Block]:
    cards = [
        Card(
            flag="ok" if item.as_meant else "WRONG",
            tone=Tone.GOOD if item.as_meant else Tone.BAD,
            title=f"{item.name}  about {item.about.value}, {plural(item.patterns, 'pattern')}",
            lines=list(_told(item)),
        )
        for item in items
    ]
    return (Cards(cards, dense=True),)


def _told(item: TestedMessage) -> Iterator[str]:
    if item.example_found is not None:
        yield f"example: {'found' if item.example_found else 'not found in it'}"
    if item.near_found is not None:
        yield f"near: {'found in it, and should not be' if item.near_found else 'not found in it'}"
    if item.matches is not None:
        yield f"log: {plural(item.matches, 'line')}"
        yield from (f"  {line}" for line in item.lines or ())
