"""A timeline as a document: since when it fails and what changed before, lanes, and each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span, blind_spots
from batchdoctor.core.pictures.lanes import lanes_of, without_onsets
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.wording import plural
from batchdoctor.core.timeline.happening import FAILURES, ONSETS, Happening, HappeningKind
from batchdoctor.core.timeline.item import HappeningItem, happening_item, timeline_summary
from batchdoctor.core.timeline.timeline import Timeline
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Chart, Column, Commands, Pairs, Tone

# What stands below the picture for people; everything is in the list and in the other formats.
_MOST_CHANGES = 3
_MOST_ONSETS = 4
_MOST_NOTED = 5


class TimelineAnswer(msgspec.Struct, frozen=True):
    """The answer of `timeline`; `listed` shows each item in a table, too."""

    head: Head
    timeline: Timeline
    problems: Sequence[Problem]
    checked: Sequence[Checked]
    span: Span
    listed: bool = False
    all_of_it: str = ""
    """The command line that tells every item."""

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
            problems=self.problems,
            page=tuple(self._blocks()),
            verdict=self._verdict(),
            span=self.span,
            checked=self.checked,
        )

    def _blocks(self) -> Iterator[Block]:
        onset = self.timeline.onset
        if onset and onset.changes:
            changes = onset.changes[:_MOST_CHANGES]
            rows = [("" if number else "just before", each) for number, each in enumerate(changes)]
            if more := len(onset.changes) - len(changes):
                rows.append(("", f"and {plural(more, 'change')} more (-o json)"))
            yield Pairs(rows)
        happened = without_onsets(self.timeline.happenings)
        moments = [each.since for each in self.timeline.onsets[:_MOST_ONSETS]]
        if lanes := lanes_of(happened, moments, self.span.until):
            yield Chart(lanes)
        noted = list(_noted(self.timeline))
        if noted and not self.listed:
            yield Pairs([(_when(each), _told(each)) for each in noted])
        if self.all_of_it and not self.listed:
            yield Commands("All of it, one by one", [("", self.all_of_it)])

    def _verdict(self) -> str:
        every = without_onsets(self.timeline.happenings)
        failures = sum(each.count for each in every if each.kind in FAILURES)
        others = sum(each.count for each in every) - failures
        blind = "; ".join(blind_spots(self.checked))
        told = f"{plural(failures, 'failure')} and {plural(others, 'other happening')}"
        return f"{told}{f' ({blind})' if blind else ''}."


def headline(timeline: Timeline) -> str:
    """Since when it fails, in one sentence; or that nothing began to fail at one moment."""
    if timeline.onset is not None:
        more = len(timeline.onsets) - 1
        others = f" ({plural(more, 'other onset')} below)" if more else ""
        return f"{timeline.onset.say}{others}"
    if any(each.kind in FAILURES for each in timeline.happenings):
        return "No moment is known from which more failed than before."
    return "Nothing that failed is known of this time."


def _noted(timeline: Timeline) -> Iterator[Happening]:
    """The other onsets, and what changed just before the first, as far as there is room."""
    first = timeline.onset
    others = [
        each
        for each in timeline.happenings
        if each.kind is HappeningKind.ONSET and (first is None or each.what != first.say[:-1])
    ]
    yield from others[:_MOST_NOTED]


def _columns() -> tuple[Column[HappeningItem], ...]:
    return (
        Column("TIME", lambda item: f"{item.time:%Y-%m-%d %H:%M:%S}Z"),
        Column("WHAT HAPPENED", _kind, tone_of=_tone),
        Column("TO", _subject),
        Column("BY", lambda item: item.source.value),
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


def _when(happening: Happening) -> str:
    return f"{happening.time:%m-%d %H:%M}"


def _told(happening: Happening) -> str:
    return happening.what
