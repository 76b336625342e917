"""What batchdoctor keeps on a machine, and what it reads there, as items of an answer."""

from __future__ import annotations

from batchdoctor.core.item import Item


class KeptPath(Item, frozen=True, kw_only=True):
    """A file or folder; what is `deletable` is batchdoctor's own, and can go with it.

    `named_by` is the variable of the environment that names another place, if there is one.
    """

    name: str
    path: str
    is_there: bool
    deletable: bool
    holds: str
    named_by: str | None


class KeptSummary(Item, frozen=True, kw_only=True):
    """How many there are, and how many of batchdoctor's own would be left behind by it."""

    paths: int
    left_behind: int
