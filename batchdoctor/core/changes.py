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


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a change to one node, in words.

    `status` is the exit status it asks for; `code` and `request_id` are the service's, `state` is
    the node's own after it was waited for; `error` is why it was refused.
    """

    name: NodeName
    action: str
    option: str | None
    outcome: Outcome
    message: str
    status: ExitCode = ExitCode.OK
    state: str | None = None
    code: str | None = None
    request_id: str | None = None
    error: BatchdoctorError | None = None


class JobChange(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a change to a job, or to a task, in words; else as `NodeChange`."""

    name: str | TaskName
    action: str
    option: str | None
    outcome: Outcome
    message: str
    status: ExitCode = ExitCode.OK
    code: str | None = None
    request_id: str | None = None
    error: BatchdoctorError | None = None


class Reactivation(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it was, and what became of it; `outcome` None means that nothing was done yet."""

    failure: Failure
    outcome: Outcome | None = None
    message: str = ""
    status: ExitCode = ExitCode.OK
    code: str | None = None
    request_id: str | None = None
    error: BatchdoctorError | None = None


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
