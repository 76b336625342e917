"""Node hours as a document: pools by purpose and dear findings, and a page that fits a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

import msgspec

from batchdoctor.core.cost.dear import Dear
from batchdoctor.core.cost.item import (
    CostItem,
    cost_checked,
    cost_items,
    cost_span,
    cost_summary,
    dollars,
    hours,
    seconds_of,
)
from batchdoctor.core.cost.purpose import MEANINGS, OUT_OF_USE, Purpose
from batchdoctor.core.cost.spending import Amount, Part, Spending, by_purpose
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.findings import SEVERITY_TONES, subject_title
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Count, Counts, Note, Tone

_BAD = {Purpose.FAILED, Purpose.REPEATED, Purpose.INTERRUPTED, *OUT_OF_USE}
_SHARES_TOLD = 3
_WIDTH = 80
_TWO_LINES = 120
# With so many, and five findings, a page fits 24 lines.
_MOST_POOLS = 6
_MINUTE = 60
_SHORT = 360


class Costs(msgspec.Struct, dict=True):
    """The answer of `cost`; `wordy` tells of each purpose, each doubt and all advice."""

    head: Head
    spending: Spending
    dear: Sequence[Dear]
    problems: Sequence[Problem] = ()
    wordy: bool = False

    @cached_property
    def _parts(self) -> Sequence[Part]:
        return self.spending.parts()

    def document(self) -> Document[CostItem]:
        """Pools by purpose, then the findings that cost most."""
        return Document(
            head=self.head,
            item_type=CostItem,
            items=iter(cost_items(self._parts, self.dear)),
            ending=self._ending,
            name_of=_names,
        )

    def _ending(self) -> Ending:
        return Ending(
            summary=cost_summary(self.spending, self._parts),
            problems=self.problems,
            page=tuple(self._blocks()),
            verdict=self._verdict(),
            span=cost_span(self.spending),
            checked=cost_checked(self.spending),
        )

    def _blocks(self) -> Iterator[Block]:
        pools: dict[str, list[Part]] = {}
        for part in self._parts:
            pools.setdefault(part.pool_id, []).append(part)
        total = _seconds(self._parts)
        if pools:
            yield self._by_pool(pools, total)
        if len(pools) == 1 or (pools and self.wordy):
            yield self._by_purpose(total)
        if self.dear:
            yield self._cards()
        if self.wordy:
            for doubt in self.spending.doubts:
                yield Note(f"Not told: {doubt.text}.", Tone.QUIET)

    def _by_pool(self, pools: Mapping[str, Sequence[Part]], total: int) -> Counts:
        shown = dict(pools) if self.wordy else dict(islice(pools.items(), _MOST_POOLS))
        more = f", the largest {len(shown)} of {len(pools)}" if len(shown) < len(pools) else ""
        if len(pools) > 1:
            shown["total"] = self._parts
        amounts = _side_by_side([_amount(parts) for parts in shown.values()])
        rows = [
            Count(name, _seconds(parts), _worst(parts), amount=amount)
            for (name, parts), amount in zip(shown.items(), amounts, strict=True)
        ]
        return Counts(f"Node hours by pool{more}", rows, total)

    def _by_purpose(self, total: int) -> Counts:
        amounts: dict[Purpose, Amount] = {}
        for part in self._parts:
            amounts[part.purpose] = amounts.get(part.purpose, Amount()) + part.amount
        seconds = by_purpose(self._parts)
        told = _side_by_side([amounts[purpose] for purpose in seconds])
        rows = [
            Count(
                _words(purpose),
                many,
                self._meaning(purpose),
                Tone.BAD if purpose in _BAD else Tone.PLAIN,
                amount=amount,
            )
            for (purpose, many), amount in zip(seconds.items(), told, strict=True)
        ]
        return Counts("What they were spent on", rows, total)

    def _meaning(self, purpose: Purpose) -> str:
        # A run whose node went away looks like one that goes on, to a log.
        if purpose is Purpose.RUNNING and not self.spending.estimated:
            return "no end is told"
        return MEANINGS[purpose]

    def _cards(self) -> Cards:
        """What costs most; where there are prices the money comes first and the hours behind it."""
        amounts = [each.amount for each in self.dear]
        flags, hours_told = _aligned(map(_length, amounts)), [""] * len(amounts)
        if self.spending.prices:
            flags, hours_told = _aligned(map(_price, amounts)), [f"{each}  " for each in flags]
        cards = [self._card(*each) for each in zip(self.dear, flags, hours_told, strict=True)]
        return Cards(cards, "What costs most, and what to type against it", dense=True)

    def _card(self, dear: Dear, flag: str, hours_told: str) -> Card:
        stop = dear.stop
        named, steps = f"{_title(dear)}  {dear.kind}", dear.advice
        lines: tuple[str, ...] = (dear.message,)
        if stop is not None and not self.wordy:
            lines, steps = (), (Step(run=stop.run),) if stop.run else ()
            short = f"{dear.kind}: {stop.say}"
            if stop.run is None:
                lines = (_in_short(stop.say or ""),)
            elif stop.say and len(f"{flag}  {hours_told}{short}") <= _WIDTH:
                named = short
            elif stop.say:
                steps = (stop,)
        return Card(
            flag=flag,
            tone=SEVERITY_TONES[dear.severity],
            title=f"{hours_told}{named}",
            lines=lines,
            steps=steps,
        )

    def _verdict(self) -> str:
        summary = cost_summary(self.spending, self._parts)
        if not summary.node_seconds:
            return f"No node hours of that kind in that time.{self._doubtful()}"
        amount = _amount(self._parts)
        money = f", {_money(amount)}" if amount.usd is not None else ""
        if summary.unpriced:
            money += f" and {plural(len(summary.unpriced), 'pool')} without a price"
        hours_told = f"{summary.node_hours:,.1f} node hours{money}"
        return f"{hours_told}: {_shares(self._parts)}.{self._doubtful()}"

    def _doubtful(self) -> str:
        """That it is not all told; in so few words that a verdict fits its line."""
        if self.spending.estimated:
            return " Estimated." if self.wordy else " Estimated: -v tells why."
        many = plural(len(self.spending.doubts), "thing")
        return f" {many} not told{'' if self.wordy else ': -v'}." if self.spending.doubts else ""


def _names(item: CostItem) -> Sequence[str]:
    ids = item.subject
    if ids is None:
        return ()
    if ids.node_ids:
        return [f"{ids.pool_id}/{node}" for node in ids.node_ids]
    return [f"{ids.job_id}/{task}" for task in ids.task_ids or ()]


def _in_short(sentence: str) -> str:
    """A sentence in two lines; of a longer one the parts that fit, and that there is more."""
    if len(sentence) <= _TWO_LINES:
        return sentence
    ends = [sentence.rfind(mark, 0, _TWO_LINES) for mark in (", ", "; ", ". ")]
    end = max(ends) if max(ends) > 0 else sentence.rfind(" ", 0, _TWO_LINES)
    return f"{sentence[:end]} (more: -v)"


def _title(dear: Dear) -> str:
    subject = dear.subject
    return subject_title(subject, dear.kind) if subject.size or subject.pool_id else "pools"


def _seconds(parts: Sequence[Part]) -> int:
    return sum(part.seconds for part in parts)


def _amount(parts: Sequence[Part]) -> Amount:
    return sum((part.amount for part in parts), Amount())


def _worst(parts: Sequence[Part]) -> str:
    """What took most of the hours that no first run of a task that succeeded took."""
    found = {each: many for each, many in by_purpose(parts).items() if each != Purpose.SUCCEEDED}
    if not found:
        return ""
    worst = max(found, key=lambda purpose: found[purpose])
    return f"{found[worst] / max(_seconds(parts), 1):.0%} {_words(worst)}"


def _shares(parts: Sequence[Part]) -> str:
    """What the hours went to, the largest first."""
    found = by_purpose(parts)
    total = sum(found.values())
    largest = sorted(found.items(), key=lambda item: -item[1])[:_SHARES_TOLD]
    return ", ".join(f"{seconds / total:.0%} {_words(purpose)}" for purpose, seconds in largest)


def _words(purpose: Purpose) -> str:
    return purpose.value.replace("-", " ")


def _side_by_side(amounts: Sequence[Amount]) -> list[str]:
    """Hours, and dollars where any of them is priced, each in a column of its own."""
    lengths = _aligned(map(_length, amounts))
    if all(amount.usd is None for amount in amounts):
        return lengths
    return [f"{a}  {b}" for a, b in zip(lengths, _aligned(map(_price, amounts)), strict=True)]


def _aligned(texts: Iterable[str]) -> list[str]:
    told = list(texts)
    room = max(map(len, told), default=0)
    return [text.rjust(room) for text in told]


def _price(amount: Amount) -> str:
    return "no price" if amount.usd is None else _money(amount)


def _length(amount: Amount) -> str:
    """Hours, and less than a tenth of one in minutes or seconds."""
    seconds = seconds_of(amount)
    if seconds >= _SHORT:
        return f"{hours(seconds):,.1f} h"
    return f"{seconds // 60} min" if seconds >= _MINUTE else f"{seconds} s"


def _money(amount: Amount) -> str:
    return f"${dollars(amount) or 0:,.2f}"
