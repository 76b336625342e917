"""A reason against a node as a part of an item."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.item import Item
from batchdoctor.core.nodes.reason import Reason


class ReasonItem(Item, frozen=True, kw_only=True):
    """One reason why something is held against a node."""

    kind: str
    message: str


def reason_items(reasons: Sequence[Reason]) -> tuple[ReasonItem, ...]:
    """Reasons as parts of an item."""
    return tuple(ReasonItem(kind=reason.kind, message=reason.message) for reason in reasons)
