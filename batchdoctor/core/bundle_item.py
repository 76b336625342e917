"""What is in a bundle, as items of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.item import Item, Moment


class BundlePart(Item, frozen=True, kw_only=True):
    """All parts of one kind: how many, what they hold, and how much of it is there."""

    kind: str
    parts: int
    documents: int
    bytes: int
    broken_off: int
    """How many of them are not whole."""


class LeftOutItem(Item, frozen=True, kw_only=True):
    """What is not in a bundle, and why."""

    what: str
    why: str


class BundleSummary(Item, frozen=True, kw_only=True):
    """A bundle as a whole; `bytes` is the size of its file, `masked` counts by sort."""

    path: str
    account: str
    taken_at: Moment
    version: str
    complete: bool
    bytes: int
    since: Moment | None
    jobs: tuple[str, ...]
    pools: tuple[str, ...]
    made_up_ids: bool
    masked: Mapping[str, int]
    left_out: tuple[LeftOutItem, ...]
