"""What failed and is no task: resizes, autoscale formulas, schedulings, special tasks.

Sources: https://learn.microsoft.com/azure/batch/batch-pool-resize-complete-event,
https://learn.microsoft.com/azure/batch/batch-pool-autoscale-event,
https://learn.microsoft.com/azure/batch/batch-task-schedule-fail-event,
https://learn.microsoft.com/azure/batch/batch-task-requeue-event
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from batchdoctor.core.log.attempt import SUCCESS
from batchdoctor.core.log.event import (
    LONGEST,
    POOL_AUTOSCALE,
    POOL_RESIZE_COMPLETE,
    SPECIAL_TASK,
    TASK_REQUEUE,
    TASK_SCHEDULE_FAIL,
    Event,
    EventBody,
)
from batchdoctor.core.log.job_attempts import seconds_of
from batchdoctor.core.log.outcome import outcome_of
from batchdoctor.core.records import FailureInformation, TaskExecution, same

# Events that have to be looked at whole, since they may tell of trouble.
TROUBLED_EVENTS = frozenset(
    {POOL_RESIZE_COMPLETE, POOL_AUTOSCALE, TASK_SCHEDULE_FAIL, SPECIAL_TASK}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Since 1970, in four bytes.
Second = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]
Times = Annotated[int, msgspec.Meta(ge=1)]


class TroubleKind(StrEnum):
    """What failed."""

    RESIZE = "resize-failed"
    AUTOSCALE = "autoscale-error"
    SCHEDULE = "schedule-failed"
    SPECIAL_TASK = "special-task-failed"


class TroubleName(msgspec.Struct, frozen=True):
    """What is counted together: one kind of trouble of one pool or job, under one code.

    `subject` is the id of a pool, or `of_job` that of a job.
    """

    kind: TroubleKind
    subject: str
    code: str
    of_job: bool = False


class Trouble(msgspec.Struct):
    """When it happened, by second since 1970, and what was said of it last.

    `untimed` counts events that carry no time.
    """

    moments: dict[Second, Times] = msgspec.field(default_factory=dict)
    untimed: Annotated[int, msgspec.Meta(ge=0)] = 0
    message: str = ""
    detail: str = ""

    @property
    def times(self) -> int:
        """How often it happened."""
        return sum(self.moments.values()) + self.untimed

    @property
    def first_time(self) -> datetime | None:
        """When it happened first, as far as the events say."""
        return _moment(min(self.moments, default=None))

    @property
    def last_time(self) -> datetime | None:
        """When it happened last, as far as the events say."""
        return _moment(max(self.moments, default=None))

    def include(self, other: Trouble, *, once: bool) -> None:
        """Add another's events; `once` counts those of one second as one, told again."""
        here, there = max(self.moments, default=0), max(other.moments, default=0)
        if (there, other.message, other.detail) > (here, self.message, self.detail):
            self.message, self.detail = other.message, other.detail
        for second, times in other.moments.items():
            met = self.moments.get(second, 0)
            self.moments[second] = 1 if once else met + times
        self.untimed += other.untimed


def note_trouble(known: dict[TroubleName, Trouble], name: TroubleName, trouble: Trouble) -> None:
    """Add what happened once more, or in another log."""
    # A pool is resized once at a time; of a job many tasks may wait in the same second.
    once = name.kind in {TroubleKind.RESIZE, TroubleKind.AUTOSCALE}
    known.setdefault(name, Trouble()).include(trouble, once=once)


def note_event(known: dict[TroubleName, Trouble], event: Event) -> None:
    """Add the trouble that an event tells of, if it does."""
    if (found := trouble_of(event)) is not None:
        note_trouble(known, *found)


def trouble_of(event: Event) -> tuple[TroubleName, Trouble] | None:
    """The trouble that an event tells of, counted once; None if it tells of none."""
    body = event.properties
    match event.operation_name:
        case name if name == POOL_RESIZE_COMPLETE:
            found = _resize(body)
        case name if name == POOL_AUTOSCALE:
            found = _autoscale(body)
        case name if name == TASK_SCHEDULE_FAIL:
            found = _schedule(body)
        case name if name == TASK_REQUEUE:
            found = _requeue(body)
        case name if name == SPECIAL_TASK:
            found = _special_task(body)
        case _:
            return None
    if found is None:
        return None
    name_of_it, trouble = found
    if event.time is None:
        trouble.untimed = 1
    else:
        trouble.moments[seconds_of(event.time)] = 1
    return name_of_it, trouble


_Found = tuple[TroubleName, Trouble] | None


def _resize(body: EventBody) -> _Found:
    code = body.result_code or ""
    if not code or same(code, "success"):
        return None
    return (
        _name(TroubleKind.RESIZE, body.id or body.pool_id, code),
        Trouble(message=_cut(body.result_message), detail=_sizes(body)),
    )


def _sizes(body: EventBody) -> str:
    """From how many nodes to how many."""
    sizes = (
        (body.current_dedicated_nodes, body.target_dedicated_nodes, "dedicated"),
        (body.current_low_priority_nodes, body.target_low_priority_nodes, "spot"),
    )
    return ", ".join(
        f"{current} to {target} {name} nodes"
        for current, target, name in sizes
        if current is not None and target is not None and (current or target)
    )


def _autoscale(body: EventBody) -> _Found:
    error = body.error
    if error is None:
        return None
    values = "; ".join(each.value for each in error.values or () if each.value)
    return (
        _name(TroubleKind.AUTOSCALE, body.id or body.pool_id, error.code),
        Trouble(message=_cut(error.message), detail=_cut(values)),
    )


def _schedule(body: EventBody) -> _Found:
    error = body.scheduling_error or FailureInformation()
    named = f"task {body.id}" if body.id else ""
    return (
        _name(TroubleKind.SCHEDULE, body.job_id, error.code, of_job=True),
        Trouble(message=_cut(error.message), detail=_cut(named)),
    )


def _requeue(body: EventBody) -> _Found:
    """A run that went back into the queue for an error, and not because its node went away."""
    execution = body.execution_info or TaskExecution()
    error = execution.scheduling_error or FailureInformation()
    if not (error.code or "").strip():
        return None
    reasons = [f"{each.name}: {each.value}" for each in error.details or () if each.value]
    named = "; ".join([f"task {body.id}, put back into the queue", *reasons])
    return (
        _name(TroubleKind.SCHEDULE, body.job_id, error.code, of_job=True),
        Trouble(message=_cut(error.message), detail=_cut(named)),
    )


def _special_task(body: EventBody) -> _Found:
    execution = body.execution_info or TaskExecution()
    error = execution.scheduling_error or FailureInformation()
    end = (execution.exit_code, execution.result, error.category, error.code)
    outcome = outcome_of(end, failed=False)
    if outcome is SUCCESS:
        return None
    exit_code = f"exit code {outcome.exit_code}" if outcome.exit_code else ""
    node = body.node_info
    place = f"{body.id or 'a task'} on {node.node_id}" if node and node.node_id else body.id
    subject = body.job_id or (node.pool_id if node else None)
    code = exit_code or error.code or outcome.code
    return (
        _name(TroubleKind.SPECIAL_TASK, subject, code, of_job=bool(body.job_id)),
        Trouble(message=_cut(error.message), detail=_cut(place)),
    )


def _name(
    kind: TroubleKind, subject: str | None, code: str | None, *, of_job: bool = False
) -> TroubleName:
    return TroubleName(kind, _cut(subject), _cut(code), of_job)


def _cut(text: str | None) -> str:
    return (text or "").strip()[:LONGEST]


def _moment(second: int | None) -> datetime | None:
    return None if second is None else _EPOCH + timedelta(seconds=second)
