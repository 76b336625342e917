"""How far something is on one line: a bar with count, share, rate and the time that is left."""

from __future__ import annotations

from datetime import timedelta

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.times import size_text, span_text
from batchdoctor.report.paint import Painter, width_of
from batchdoctor.report.rows import GAP
from batchdoctor.report.terminal import Terminal

_NARROWEST, _WIDEST = 8, 40
# Beyond this nobody can say how long it takes.
_LONGEST_LEFT = 99 * 3600


def advance_line(advance: Advance, count: int, rate: float | None, terminal: Terminal) -> str:
    """One line shorter than the terminal is wide; `rate` is in units a second, None if unknown."""
    room, total = terminal.width - 1, advance.whole()
    what = shown(advance.what)
    if not total:
        return GAP.join([what, *_without_end(count, advance.unit, rate)])[:room]
    share = min(count / total, 1.0)
    figures, speed = _figures(count, total, advance.unit, rate)
    # What is said least is left out first: how fast, then what it is.
    for head, parts in ((what, [*figures, *speed]), (what, figures), ("", figures)):
        left = room - sum(width_of(part) + len(GAP) for part in (*parts, *filter(None, [head])))
        if left >= _NARROWEST:
            bar = Painter(terminal).bar(share, min(left, _WIDEST))
            return GAP.join(part for part in (head, bar, *parts) if part)
    return GAP.join(figures)[:room]


def _without_end(count: int, unit: str, rate: float | None) -> list[str]:
    if not count:
        return []
    return [f"{_number(count, unit)}{_noun(unit)}", *_speed(rate, unit)]


def _figures(count: int, total: int, unit: str, rate: float | None) -> tuple[list[str], list[str]]:
    """Count, share and the time that is left; and how fast it goes."""
    figures = [
        f"{_number(count, unit)} of {_number(total, unit)}{_noun(unit)}",
        f"{min(count / total, 1.0):.0%}",
    ]
    if rate and 0 < (left := (total - count) / rate) < _LONGEST_LEFT:
        figures.append(f"{span_text(timedelta(seconds=max(round(left), 1)))} left")
    return figures, _speed(rate, unit)


def _speed(rate: float | None, unit: str) -> list[str]:
    return [f"{_number(round(rate), unit)}/s"] if rate and rate >= 1 else []


def _number(count: int, unit: str) -> str:
    return size_text(count) if unit == BYTES else f"{count:,}"


def _noun(unit: str) -> str:
    return f" {unit}" if unit and unit != BYTES else ""
