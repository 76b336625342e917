"""The sentence that says how something is, made of what was looked at and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from batchdoctor.core.checked import Checked, Span, blind_spots, past

_MOST_BLIND = 2


def health(
    found: str,
    about: str,
    checked: Sequence[Checked],
    span: Span,
    *,
    aside: str = "",
    at: datetime,
) -> str:
    """The last line of a diagnosis.

    `found` counts what is wrong, and is empty where nothing was found; that is called well only
    if every check saw all that it looks at. `aside` stands behind what was looked at.
    """
    blind = blind_spots(checked)
    when = f" ({period(span, at)})" if checked else ""
    if found:
        unseen = f" Not known: {_several(blind)}." if blind else ""
        return f"{found} in {about}{aside}{when}.{unseen}"
    if not checked:
        return f"Nothing was looked at in {about}{aside}."
    if blind:
        return (
            f"Nothing wrong was found in {about}{aside}{when}, and whether all is well is not"
            f" known: {_several(blind)}."
        )
    return f"Nothing is wrong with {about}{aside}{when}."


def period(span: Span, at: datetime) -> str:
    """The time that was looked at: the state of now, and how far back."""
    return f"now, and failures {past(span, at)}"


def _several(blind: Sequence[str]) -> str:
    more = len(blind) - _MOST_BLIND
    shown = "; ".join(blind[:_MOST_BLIND])
    return f"{shown}; and {more} more" if more > 0 else shown
