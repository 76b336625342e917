"""What a list comes to: how many things there are, and how many in which state."""

from __future__ import annotations

from batchdoctor.core.checked import Checked
from batchdoctor.core.item import Item


class ListSummary(Item, frozen=True, kw_only=True):
    """How many things were listed, and how many of them in each state."""

    listed: int
    by_state: dict[str, int]


def examined_list(noun: str, listed: int, *, whole: bool, cut: bool) -> tuple[Checked, ...]:
    """The one look at a list; `cut` says that it was ended early on purpose."""
    problem = None if whole else "not everything could be read"
    if whole and cut:
        problem = "the list was cut by --limit"
    objects = listed if listed or whole else None
    return (Checked(check=f"{noun}-list", objects=objects, of=f"{noun}s", problem=problem),)
