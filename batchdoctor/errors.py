"""Every way batchdoctor can fail: one exit status and one error class for each kind of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit status of the process; the table in README.md is generated from it."""

    OK = 0, "done; findings or not"
    UNEXPECTED = 1, "unexpected: a bug in batchdoctor, or a refusal none of the others covers"
    USAGE = (
        2,
        "wrong usage or configuration; a file is in the way and `--force` was not given",
    )
    NOT_FOUND = 3, "not found: account, job, task, pool, node, file"
    DENIED = 4, "not signed in, or not allowed"
    DECLINED = 5, "declined, or would need `--yes` and there is no terminal to ask on"
    UNREACHABLE = (
        6,
        "unreachable or throttled after all retries; what was read is shown and marked incomplete; "
        "or the time that `wait` had is over",
    )
    BAD_INPUT = 7, "an input file cannot be read, or holds no event at all"
    WRONG_STATE = 8, "the object's state does not allow it"
    NEVER = 9, "what `wait` waits for can never become so; the reason is told"
    FINDINGS = 10, "findings, with `--fail-on`"
    HUNG_UP = 129, "the terminal went away (SIGHUP); ended as with Ctrl-C"
    INTERRUPTED = 130, "interrupted"
    BROKEN_PIPE = 141, "the reader of the output went away"
    TERMINATED = 143, "asked to end (SIGTERM); ended as with Ctrl-C"

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> ExitCode:
        """Make a member of the table above."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class BatchdoctorError(Exception):
    """Something batchdoctor could not do, in words for the person who asked.

    `message` says what did not happen and why, `hint` what to type next. `code` and `request_id`
    are the service's own, where it gave any.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.request_id = request_id


class UsageError(BatchdoctorError):
    """The command line, the environment or a configuration file asks for something impossible."""

    exit_code = ExitCode.USAGE


class NotFoundError(BatchdoctorError):
    """The account, job, task, pool, node or file does not exist.

    `asked` are the ids that were asked for, the job or pool first; empty where that is not known.
    """

    exit_code = ExitCode.NOT_FOUND
    asked: tuple[str, ...] = ()


class AccessError(BatchdoctorError):
    """Not signed in, or signed in and not allowed."""

    exit_code = ExitCode.DENIED


class ClockError(AccessError):
    """A sign-in that was refused because this computer's clock is off."""


class DeclinedError(BatchdoctorError):
    """A change was not agreed to."""

    exit_code = ExitCode.DECLINED


class UnreachableError(BatchdoctorError):
    """The service could not be reached, throttled us or answered nonsense, after all retries."""

    exit_code = ExitCode.UNREACHABLE


class UncertainError(UnreachableError):
    """A change whose answer was lost: it may have been carried out or not."""


class InputError(BatchdoctorError):
    """An input file cannot be read, or holds nothing that we understand."""

    exit_code = ExitCode.BAD_INPUT


class StateError(BatchdoctorError):
    """The service refused because of the state that the object is in (HTTP 409)."""

    exit_code = ExitCode.WRONG_STATE


class RefusedError(BatchdoctorError):
    """The service refused in a way that none of the other errors covers."""

    exit_code = ExitCode.UNEXPECTED


def worst(statuses: Sequence[ExitCode]) -> ExitCode:
    """The status that says most: an incomplete answer comes before findings, those before done."""
    trouble = [status for status in statuses if status not in {ExitCode.OK, ExitCode.FINDINGS}]
    if trouble:
        return max(trouble)
    return max(statuses, default=ExitCode.OK)
