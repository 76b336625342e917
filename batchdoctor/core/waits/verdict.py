"""What one look came to: not yet, so, or never; and what a look at anything has to tell."""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum
from typing import Protocol

import msgspec

from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.waits.condition import Condition


class Standing(StrEnum):
    """Where something stands."""

    WAITING = "waiting"
    SO = "so"
    NEVER = "never"


class Reason(StrEnum):
    """Why something can never become so: a list that may grow."""

    DELETED = "deleted"
    ENDED_OTHERWISE = "ended-otherwise"
    """It completed, and not as was waited for."""
    RESIZE_FAILED = "resize-failed"
    TARGET_BELOW = "target-below"
    """The pool is steady and wants fewer nodes."""
    STAYS_AWAY = "stays-away"
    """The node, or too many of the pool, do not come back by themselves."""


class Verdict(msgspec.Struct, frozen=True):
    """Where a condition stands; `why` is the rest of a sentence.

    One that `settles` holds only if it is the same for a while: counts are approximate, and
    somebody may be adding tasks.
    """

    standing: Standing
    why: str = ""
    reason: Reason | None = None
    settles: bool = False


WAITING = Verdict(Standing.WAITING)
SO = Verdict(Standing.SO)


def never(reason: Reason, why: str, *, settles: bool = False) -> Verdict:
    """It cannot become so by itself any more."""
    return Verdict(Standing.NEVER, why, reason, settles=settles)


class Seen(Protocol):
    """A thing as one look saw it."""

    @property
    def told(self) -> str:
        """How far it is, as a part of a sentence."""

    @property
    def state(self) -> str | None:
        """Its state as the service writes it; None for what is gone."""

    @property
    def key(self) -> Hashable:
        """The same as long as nothing has changed."""

    @property
    def severity(self) -> Severity | None:
        """How bad what came of it is; None for what is well."""

    def judge(self, condition: Condition) -> Verdict:
        """Where a condition stands."""
