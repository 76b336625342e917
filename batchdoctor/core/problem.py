"""Something that was asked for and could not be read, named for people and for scripts."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from batchdoctor.errors import (
    AccessError,
    BatchdoctorError,
    InputError,
    NotFoundError,
    UnreachableError,
)


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


# The first that fits counts.
_KINDS: tuple[tuple[type[Exception], ProblemKind], ...] = (
    (NotFoundError, ProblemKind.NOT_FOUND),
    (FileNotFoundError, ProblemKind.NOT_FOUND),
    (AccessError, ProblemKind.FORBIDDEN),
    (PermissionError, ProblemKind.FORBIDDEN),
    (UnreachableError, ProblemKind.UNREACHABLE),
    (InputError, ProblemKind.UNREADABLE),
    (BatchdoctorError, ProblemKind.REFUSED),
)


def kind_of(error: Exception) -> ProblemKind:
    """What kind of trouble an error is; one that is not ours tells of something unreadable."""
    fitting = (kind for sort, kind in _KINDS if isinstance(error, sort))
    return next(fitting, ProblemKind.UNREADABLE)


def problem_of(subject: str, error: Exception) -> Problem:
    """The problem that an error is; one of the system is told without its number and name."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Problem(subject, reason or type(error).__name__, kind_of(error))
