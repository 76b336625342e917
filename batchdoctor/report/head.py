"""What every document says of itself: the command, the account, the moment."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Head(msgspec.Struct, frozen=True):
    """The start of a document; `account` is None where no service was asked."""

    command: str
    account: str | None
    generated_at: datetime
