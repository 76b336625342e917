"""The same reckoning in the simplest way there is: second after second, node after node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from batchdoctor.core.cost.purpose import Purpose

SECOND = 1_000_000


class PlainRun(NamedTuple):
    """A run on a node, in whole seconds."""

    node: str
    start: int
    end: int
    purpose: Purpose


class PlainSpan(NamedTuple):
    """What a node did without a task, in whole seconds."""

    node: str
    start: int
    end: int
    purpose: Purpose


def by_second(
    window: tuple[int, int],
    runs: Sequence[PlainRun],
    spans: Sequence[PlainSpan] | None = None,
    sizes: Mapping[int, int] | None = None,
) -> dict[Purpose, Fraction]:
    """Node seconds by purpose.

    Without `spans` a node is there from its first run to its last, without a task in between; from
    the first of the `sizes` on the pool has as many nodes as those tell.
    """
    nodes = sorted({run.node for run in runs} | {span.node for span in spans or ()})
    found: dict[Purpose, Fraction] = {}

    def give(purpose: Purpose, amount: Fraction) -> None:
        if amount:
            found[purpose] = found.get(purpose, Fraction()) + amount

    for second in range(*window):
        at_work = 0
        size = _size_at(second, sizes or {}, window[1])
        for node in nodes:
            own = [run for run in runs if run.node == node]
            going = [run for run in own if run.start <= second < run.end]
            told = [run for run in going if run.purpose is not Purpose.NOT_KNOWN]
            at_work += bool(going)
            for run in told:
                give(run.purpose, Fraction(1, len(told)))
            if going and not told:
                give(Purpose.NOT_KNOWN, Fraction(1))
            if not going and size is None:
                give(*_without_task(node, second, own, spans))
        if size is not None:
            least, most = size
            give(Purpose.NO_TASK, Fraction(max(least - at_work, 0)))
            give(Purpose.NOT_KNOWN, Fraction(max(most - max(least, at_work), 0)))
    return found


def _without_task(
    node: str, second: int, own: Sequence[PlainRun], spans: Sequence[PlainSpan] | None
) -> tuple[Purpose, Fraction]:
    mine = [each for each in spans or () if each.node == node]
    if not mine and own:
        first, last = min(run.start for run in own), max(run.end for run in own)
        mine = [PlainSpan(node, first, last, Purpose.NO_TASK)]
    for span in mine:
        if span.start <= second < span.end:
            return span.purpose, Fraction(1)
    return Purpose.NO_TASK, Fraction()


def _size_at(second: int, sizes: Mapping[int, int], end: int) -> tuple[int, int] | None:
    before = [moment for moment in sizes if moment <= second]
    if not before:
        return None
    after = [moment for moment in sizes if second < moment]
    now = sizes[max(before)]
    then = sizes[min(after)] if after else now
    return min(now, then), max(now, then)
