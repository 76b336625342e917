"""What every document says of itself: the command, the account, the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The start of a document; `account` is None where no service was asked."""

    command: str
    account: str | None
    generated_at: datetime
