"""What is known of the way in to an account: one check each, and the facts they found."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from batchdoctor.core.item import Item, Moment


class CheckOutcome(StrEnum):
    """How one thing was that was looked at."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    WARNING = "warning"


class Check(Item, frozen=True):
    """One thing that was looked at, and how it was."""

    name: str = msgspec.field(name="check")
    outcome: CheckOutcome
    message: str
    hint: str | None = None


class SignInSummary(Item, frozen=True, kw_only=True):
    """Which account, which credential, and how both were found to be.

    `clock_skew_seconds` is how far this computer's clock is behind the service's.
    """

    endpoint: str
    account_name: str
    credential: str
    token_from: str | None = None
    origins: Mapping[str, str]
    tenant: str | None = None
    token_expires: Moment | None = None
    clock_skew_seconds: float | None = None
    round_trip_seconds: float | None = None
    failed: int = 0
    warnings: int = 0
