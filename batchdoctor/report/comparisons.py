"""What differs as a document: an item a difference, and for people a paragraph each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.checked import blind_spots
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.difference import CompareSummary, Difference, Found, Way, What
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.wording import plural, sentence
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Note, Pairs, Tone

_TONES = {Way.WORSE: Tone.BAD, Way.CHANGED: Tone.WARN, Way.BETTER: Tone.GOOD}
# Paragraphs on a page; the machine formats have all of them.
_SHOWN = 12
_STEPS = 2
_SAME = 12
_TASKS = 6


class CompareAnswer(msgspec.Struct, frozen=True):
    """The answer of `compare`."""

    head: Head
    comparison: Comparison
    problems: tuple[Problem, ...] = ()

    def document(self) -> Document[Difference]:
        """Every difference as an item; the format ids prints the tasks and nodes that show it."""
        return Document(
            head=self.head,
            item_type=Difference,
            items=(each.item for each in self.comparison.found),
            ending=self._ending,
            name_of=lambda item: item.names,
        )

    def _ending(self) -> Ending:
        return Ending(
            summary=self.comparison.summary,
            problems=self.problems,
            page=tuple(self._page()),
            verdict=self._verdict(),
            checked=self.comparison.checked,
        )

    def _page(self) -> Iterator[Block]:
        found, summary = self.comparison.found, self.comparison.summary
        rows = list(self.comparison.facts)
        if summary.chosen:
            rows.append(("chosen", summary.chosen))
        yield Pairs(rows)
        if found:
            yield Cards([_card(each) for each in found[:_SHOWN]], dense=True)
        if len(found) > _SHOWN:
            yield Note(f"{plural(len(found) - _SHOWN, 'more difference')}; -o jsonl has all.")
        yield from self._below(summary)

    def _below(self, summary: CompareSummary) -> Iterator[Block]:
        rows = []
        if summary.failed_now:
            rows.append(("failed now, not then", _some_tasks(summary)))
        if summary.succeeded_now_count:
            rows.append(("failed then, not now", plural(summary.succeeded_now_count, "task")))
        if summary.same:
            rows.append(("same", ", ".join(summary.same[:_SAME])))
        rows += [("not told", each) for each in summary.not_told]
        if summary.tests:
            rows.append(
                ("tests", f"{summary.tests:,}; chance alone gives 1 difference in 100 pages")
            )
        rows += [("not looked at", each) for each in blind_spots(self.comparison.checked)]
        if rows:
            yield Pairs(rows)

    def _verdict(self) -> str:
        found = self.comparison.found
        if found:
            return f"{plural(len(found), 'difference')} that can matter."
        blind = blind_spots(self.comparison.checked)
        return f"No difference that matters{', as far as was looked' if blind else ''}."


def _some_tasks(summary: CompareSummary) -> str:
    """How many tasks failed now and succeeded then, and the first of them."""
    tasks = [name.partition("/")[2] for name in summary.failed_now[:_TASKS]]
    more = (summary.failed_now_count or 0) - len(tasks)
    rest = f" and {more:,} more, in -o json" if more else ""
    return f"{', '.join(tasks)}{rest}"


def _card(found: Found) -> Card:
    what = found.what.value.replace("-", " ")
    return Card(
        flag=found.way.value.upper(),
        tone=_TONES[found.way],
        title=what,
        lines=[sentence(found.message.rstrip("."))],
        steps=_brief(found),
    )


def _brief(found: Found) -> list[Step]:
    """Command lines first: a sentence alone only where there is none."""
    lines = [step for step in found.steps if step.run]
    sayings = [step for step in found.steps if not step.run]
    brief = lines[:_STEPS] or sayings[:1]
    return brief if found.what is What.FAILURES else brief[:1]
