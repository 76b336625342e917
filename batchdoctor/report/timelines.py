"""A timeline as a document: since when it fails and what changed before, lanes, and each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from batchdoctor.core.checked import blind_spots
from batchdoctor.core.pictures.lanes import lanes_of, without_onsets
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.core.timeline.happening import FAILURES, ONSETS, OTHER_FAILURES
from batchdoctor.core.timeline.item import HappeningItem, happening_item, timeline_summary
from batchdoctor.core.timeline.timeline import Timeline, TimelineRead
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Chart, Column, Commands, Pairs, Tone

# What stands below the picture for people; everything is in the list and in the other formats.
_MOST_CHANGES = 3
_MOST_ONSETS = 4
_MOST_OTHERS = 2


class TimelineAnswer(msgspec.Struct, frozen=True):
    """The answer of `timeline`; `listed` shows each item in a table, too."""

    head: Head
    found: TimelineRead
    listed: bool = False
    all_of_it: str = ""
    """The command line that tells every item."""

    @property
    def timeline(self) -> Timeline:
        """What happened."""
        return self.found.timeline

    def document(self) -> Document[HappeningItem]:
        """Everything that happened as items, in the order of time."""
        return Document(
            head=self.head,
            item_type=HappeningItem,
            items=map(happening_item, self.timeline.told),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=_columns() if self.listed else (),
            heading=headline(self.timeline),
        )

    def _ending(self) -> Ending:
        return Ending(
            summary=timeline_summary(
                self.timeline.happenings, self.timeline.folded, self.timeline.onsets
            ),
            problems=self.found.problems,
            page=tuple(self._blocks()),
            verdict=self._verdict(),
            span=self.found.span,
            checked=self.found.checked,
        )

    def _blocks(self) -> Iterator[Block]:
        if rows := list(self._beside()):
            yield Pairs(rows)
        happened = without_onsets(self.timeline.happenings)
        moments = [each.since for each in self.timeline.onsets[:_MOST_ONSETS]]
        lanes = lanes_of(
            happened,
            moments,
            begin=self.found.begin,
            until=self.found.span.until,
            runs=self.found.runs,
        )
        if lanes is not None:
            yield Chart(lanes)
        if self.all_of_it and not self.listed:
            yield Commands(None, [("", self.all_of_it)])

    def _beside(self) -> Iterator[tuple[str, str]]:
        """What changed just before the first onset, and what else began to fail."""
        onsets = self.timeline.onsets
        changes = onsets[0].changes if onsets else ()
        for number, change in enumerate(changes[:_MOST_CHANGES]):
            yield "" if number else "just before", change
        if more := len(changes[_MOST_CHANGES:]):
            yield "", f"and {plural(more, 'change')} more (-o json)"
        for number, onset in enumerate(onsets[1 : 1 + _MOST_OTHERS]):
            yield "" if number else "and", onset.say
        if more := len(onsets[1 + _MOST_OTHERS :]):
            yield "", f"and {plural(more, 'onset')} more (-o json)"

    def _verdict(self) -> str:
        every = without_onsets(self.timeline.happenings)
        failures = sum(each.count for each in every if each.kind in FAILURES)
        others = sum(each.count for each in every) - failures
        blind = "; ".join(blind_spots(self.found.checked))
        told = f"{plural(failures, 'failure')} and {plural(others, 'other happening')}"
        return f"{told}{f' ({blind})' if blind else ''}."


def headline(timeline: Timeline) -> str:
    """Since when it fails, in one sentence; or that nothing began to fail at one moment."""
    if timeline.onset is not None:
        return timeline.onset.say
    if any(each.kind in FAILURES for each in timeline.happenings):
        return "No moment is known from which more failed than before."
    others = Counter[str]()
    for each in timeline.happenings:
        if each.kind in OTHER_FAILURES:
            others[OTHER_FAILURES[each.kind]] += each.count
    if others:
        failed = listed(tuple(plural(count, noun) for noun, count in others.items()))
        return f"No task that failed is known of this time, but {failed} failed."
    return "Nothing that failed is known of this time."


def _columns() -> tuple[Column[HappeningItem], ...]:
    return (
        Column("TIME", lambda item: f"{item.time:%Y-%m-%d %H:%M:%S}Z"),
        Column("WHAT HAPPENED", _kind, tone_of=_tone),
        Column("TO", _subject),
        Column("SOURCE", lambda item: item.source.value),
        Column("IN DETAIL", lambda item: item.what, lead=False),
    )


def _kind(item: HappeningItem) -> str:
    times = f" x {item.count:,}" if item.count > 1 else ""
    return f"{'* ' if item.change else ''}{item.kind.value}{times}"


def _subject(item: HappeningItem) -> str:
    return item.name or item.job_id or item.pool_id or ""


def _tone(cell: str) -> Tone:
    kind = cell.removeprefix("* ").partition(" ")[0]
    if kind in {each.value for each in ONSETS}:
        return Tone.BAD
    return Tone.WARN if cell.startswith("* ") else Tone.PLAIN
