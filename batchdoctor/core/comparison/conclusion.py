"""What a comparison comes to: differences, what is the same, and what was not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.difference import (
    MOST_NAMES,
    CompareSummary,
    Found,
    most_telling_first,
)
from batchdoctor.core.comparison.settings import Settings


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Differences, the most telling first, and what they rest on."""

    found: Sequence[Found]
    summary: CompareSummary
    checked: Sequence[Checked]
    facts: Sequence[tuple[str, str]] = ()
    """Labels and words that tell of both, for the page."""


class Named(msgspec.Struct, frozen=True):
    """One of two things that were compared."""

    name: str
    told: str
    at: datetime | None = None


class Outcomes(msgspec.Struct, frozen=True):
    """Names of tasks that failed now and not then, and how many it were the other way."""

    failed_now: Sequence[str]
    succeeded_now: int


def concluded(
    labels: tuple[str, str],
    sides: tuple[Named, Named],
    found: Sequence[Found],
    *,
    settings: Sequence[Settings] = (),
    same: Sequence[str] = (),
    tests: int = 0,
    chosen: str | None = None,
    outcomes: Outcomes | None = None,
    checked: Sequence[Checked] = (),
) -> Comparison:
    """Put together what was found; `settings` are among it, and say what is the same."""
    every = most_telling_first([*found, *(each for part in settings for each in part.found)])
    differing = {noun for part in settings for noun in part.differing}
    alike = dict.fromkeys(noun for part in settings for noun in part.same if noun not in differing)
    before, after = sides
    return Comparison(
        found=every,
        summary=CompareSummary(
            before=before.name,
            after=after.name,
            before_time=before.at,
            after_time=after.at,
            chosen=chosen,
            differences=len(every),
            tests=tests,
            same=(*same, *alike),
            not_told=tuple(dict.fromkeys(each for part in settings for each in part.not_told)),
            failed_now_count=len(outcomes.failed_now) if outcomes else None,
            succeeded_now_count=outcomes.succeeded_now if outcomes else None,
            failed_now=tuple(outcomes.failed_now[:MOST_NAMES]) if outcomes else (),
        ),
        checked=checked,
        facts=[(label, side.told) for label, side in zip(labels, sides, strict=True)],
    )


def one_problem(told: Sequence[str | None]) -> str | None:
    """What was not looked at, of several things in one part of a sentence."""
    return "; ".join(dict.fromkeys(each for each in told if each)) or None
