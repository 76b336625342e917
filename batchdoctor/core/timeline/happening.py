"""One thing that happened: when, what, to whom, and who told of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from batchdoctor.core.names import folded


class HappeningKind(StrEnum):
    """What can happen; a list that only grows."""

    ONSET = "onset"
    ONSET_OVER = "onset-over"
    TASK_FAILED = "task-failed"
    TASK_RETRIED = "task-retried"
    TASK_REQUEUED = "task-requeued"
    SCHEDULE_FAILED = "schedule-failed"
    SPECIAL_TASK_FAILED = "special-task-failed"
    JOB_STARTED = "job-started"
    JOB_ENDED = "job-ended"
    JOB_STATE = "job-state"
    POOL_CREATED = "pool-created"
    POOL_CHANGED = "pool-changed"
    POOL_DELETED = "pool-deleted"
    RESIZE_STARTED = "resize-started"
    RESIZE_ENDED = "resize-ended"
    RESIZE_FAILED = "resize-failed"
    AUTOSCALE_RUN = "autoscale-run"
    AUTOSCALE_ERROR = "autoscale-error"
    NODE_ALLOCATED = "node-allocated"
    NODE_BOOTED = "node-booted"
    NODE_STATE = "node-state"
    START_TASK_FAILED = "start-task-failed"
    NEW_IMAGE = "image-new"
    NEW_AGENT = "agent-new"
    NEW_START_TASK = "start-task-new"
    NEW_PACKAGE = "package-new"
    NEW_CONTAINER = "container-new"
    NEW_COMMAND = "command-new"


class Source(StrEnum):
    """Who told of it: the service now, its log, or each of them."""

    LIVE = "live"
    LOG = "log"
    BOTH = "both"


ONSETS = frozenset({HappeningKind.ONSET, HappeningKind.ONSET_OVER})
FAILURES = frozenset(
    {
        HappeningKind.TASK_FAILED,
        HappeningKind.SCHEDULE_FAILED,
        HappeningKind.SPECIAL_TASK_FAILED,
    }
)
# What failed and keeps tasks from being run, without being a failure of one.
OTHER_FAILURES = {
    HappeningKind.RESIZE_FAILED: "resize",
    HappeningKind.AUTOSCALE_ERROR: "formula",
    HappeningKind.START_TASK_FAILED: "start task",
}
RESIZES = frozenset(
    {
        HappeningKind.POOL_CREATED,
        HappeningKind.POOL_CHANGED,
        HappeningKind.POOL_DELETED,
        HappeningKind.RESIZE_STARTED,
        HappeningKind.RESIZE_ENDED,
        HappeningKind.RESIZE_FAILED,
    }
)
DEPLOYMENTS = frozenset(
    {
        HappeningKind.NEW_IMAGE,
        HappeningKind.NEW_AGENT,
        HappeningKind.NEW_START_TASK,
        HappeningKind.NEW_PACKAGE,
        HappeningKind.NEW_CONTAINER,
        HappeningKind.NEW_COMMAND,
    }
)
ARRIVALS = frozenset({HappeningKind.NODE_ALLOCATED, HappeningKind.NODE_BOOTED})
# What may have brought what began just after it.
CHANGES = RESIZES | DEPLOYMENTS | ARRIVALS | {HappeningKind.AUTOSCALE_ERROR}


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at a `time`, in words that need no ids but their own.

    Several that were alike and close together are one with their `count`, from `time` until
    `until`. `attempt` are retry and requeue count of a task, by which the service and its log mean
    the same run. `change` says that it came just before an onset.
    """

    time: datetime
    kind: HappeningKind
    what: str
    pool_id: str | None = None
    job_id: str | None = None
    task_id: str | None = None
    node_id: str | None = None
    source: Source = Source.LIVE
    attempt: tuple[int, int] = (0, 0)
    label: str = ""
    """In what way a task failed, in two or three words."""
    count: int = 1
    until: datetime | None = None
    change: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same thing told twice, up to its time."""
        if self.task_id:
            return (self.kind, _key(self.job_id), _key(self.task_id), *self.attempt)
        return (self.kind, _key(self.pool_id), _key(self.job_id), _key(self.node_id))


def _key(an_id: str | None) -> str | None:
    return None if an_id is None else folded(an_id)
