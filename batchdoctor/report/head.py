"""What every document says of itself: the command, the account, the moment, how far it looks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Span
from batchdoctor.core.names import AccountName
from batchdoctor.core.text.wording import listed

OFFLINE = "offline"


class Head(msgspec.Struct, frozen=True):
    """The start of a document; `account` is the host, None where no service was asked.

    `where` is the account as people call it, `source` what was read where there is none. `span` is
    the time that was looked at, None where the question is about now; its `until` may be known
    only at the end. `left_out` says in a few words each what was kept out of the answer.
    """

    command: str
    account: str | None
    generated_at: datetime
    where: AccountName | None = None
    source: str = OFFLINE
    span: Span | None = None
    left_out: tuple[str, ...] = ()


def only(noun: str, ids: Collection[str] | str | None) -> tuple[str, ...]:
    """What a filter leaves, such as `only job nightly`; nothing where it was not given."""
    names = [ids] if isinstance(ids, str) else sorted(ids or ())
    return (f"only {noun} {listed(names)}",) if names else ()


def at_most(limit: int | None) -> tuple[str, ...]:
    """What a limit leaves; nothing where none was given."""
    return () if limit is None else (f"first {limit:,}",)
