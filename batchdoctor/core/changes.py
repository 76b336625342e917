"""What became of the changes that were asked for: of nodes, of tasks, of logs to be sent."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.errors import BatchdoctorError, ExitCode, UncertainError


class Outcome(StrEnum):
    """What became of one change."""

    DONE = "done"
    ALREADY = "already"
    PLANNED = "planned"
    UNFINISHED = "unfinished"
    """Asked for, and not come true while it was watched."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Interrupted, or its answer lost for good: it may have been done or not."""

    @classmethod
    def of(cls, error: BatchdoctorError) -> Outcome:
        """What became of a change whose request ended in an error."""
        return cls.UNKNOWN if isinstance(error, UncertainError) else cls.FAILED


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change, in words.

    `status` is the exit status it asks for; `code` and `request_id` are the service's; `error` is
    why it was refused.
    """

    outcome: Outcome
    message: str = ""
    status: ExitCode = ExitCode.OK
    code: str | None = None
    request_id: str | None = None
    error: BatchdoctorError | None = None

    @classmethod
    def refused(cls, error: BatchdoctorError) -> Change:
        """What became of a change whose request, or whatever comes before it, ended in an error."""
        return Change(
            outcome=Outcome.of(error),
            message=error.message,
            status=error.exit_code,
            code=error.code,
            request_id=error.request_id,
            error=error,
        )


class NodeChange(Change, frozen=True, kw_only=True):
    """What became of a change to one node; `state` is its own after it was waited for."""

    name: NodeName
    action: str
    option: str | None
    state: str | None = None


class JobChange(Change, frozen=True, kw_only=True):
    """What became of a change to a job, or to a task."""

    name: str | TaskName
    action: str
    option: str | None


class Reactivation(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it was, and what became of it; None means that nothing was done yet."""

    failure: Failure
    change: Change | None = None

    @property
    def error(self) -> BatchdoctorError | None:
        """Why it was refused, if it was."""
        return self.change.error if self.change else None


class UploadOutcome(StrEnum):
    """What became of asking a node for its logs."""

    ASKED = "asked"
    DONE = "done"
    """All announced files are in the container."""
    PLANNED = "planned"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Upload(msgspec.Struct, frozen=True):
    """What became of asking one node; `folder` is where in the container its files go."""

    name: NodeName
    outcome: UploadOutcome
    message: str
    folder: str | None = None
    files: int | None = None
    status: ExitCode = ExitCode.OK
    code: str | None = None
    error: BatchdoctorError | None = None
