"""What the first line of a page says, in words: where one is, when, how far one looks."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.checked import looked_back
from batchdoctor.report.head import Head


def head_words(head: Head) -> list[str]:
    """The account or what was read, the moment, how far it looks, what was left out."""
    return [account_words(head), *_rest(head)]


def account_words(head: Head, *, short: bool = False) -> str:
    """The account with its profile; `short` without what all hosts end in."""
    if head.where is None:
        return head.account or head.source
    name = str(head.where) if short else head.where.full
    if head.where.profile is None:
        return name
    return f"{name} (profile {head.where.profile}{', protected' if head.where.protected else ''})"


def _rest(head: Head) -> Iterator[str]:
    yield f"{head.generated_at:%Y-%m-%d %H:%M} UTC"
    if head.span is not None:
        yield looked_back(head.span, head.generated_at)
    yield from head.left_out
