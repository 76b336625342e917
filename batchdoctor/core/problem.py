"""Something that was asked for and could not be read, named for people and for scripts."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ProblemKind(StrEnum):
    """What kind of trouble: a list that may grow."""

    NOT_FOUND = "not-found"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    INTERRUPTED = "interrupted"
    NOT_READ = "not-read"
    """Left out on purpose, because asking on was of no use."""
    UNREADABLE = "unreadable"
    """There, and not in a form that can be read."""
    REFUSED = "refused"
    """Refused for any other reason."""


class Problem(msgspec.Struct, frozen=True):
    """What could not be read, and why."""

    subject: str
    message: str
    kind: ProblemKind = ProblemKind.REFUSED
