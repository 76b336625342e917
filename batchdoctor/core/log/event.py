"""What one entry of a diagnostic log says: the fields that are counted, and the whole of it.

Two shapes of the same thing. `LogRecord` is the smallest that a count needs, so that a log can be
decoded at the speed of the disk; `Event` adds everything that a person or a script may ask for.
A `LogRecord` has no defaults for name, time and properties: a wrapper around events must not
decode to an empty event.

Source: https://learn.microsoft.com/azure/batch/monitor-batch-reference
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from batchdoctor.core.records import (
    AutoScaleError,
    FailureInformation,
    NodeReference,
    TaskConstraints,
    TaskExecution,
)

# No number or text of the service's own is larger. What is, is cut before it is counted (see
# `counted`), so that an attempt takes no more memory for it.
LARGEST = 2**63 - 1
LARGEST_VERSION = 2**32 - 1
LONGEST = 256
Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Version = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_VERSION)]
Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

TASK_START = "TaskStartEvent"
TASK_COMPLETE = "TaskCompleteEvent"
TASK_FAIL = "TaskFailEvent"
TASK_REQUEUE = "TaskRequeueEvent"
TASK_SCHEDULE_FAIL = "TaskScheduleFailEvent"
# The documentation of this event gives its fields but not the name it is filed under.
SPECIAL_TASK = "SpecialTaskEvent"
POOL_CREATE = "PoolCreateEvent"
POOL_RESIZE_START = "PoolResizeStartEvent"
POOL_RESIZE_COMPLETE = "PoolResizeCompleteEvent"
POOL_DELETE_START = "PoolDeleteStartEvent"
POOL_DELETE_COMPLETE = "PoolDeleteCompleteEvent"
POOL_AUTOSCALE = "PoolAutoScaleEvent"

POOL_EVENTS = frozenset(
    {
        POOL_CREATE,
        POOL_RESIZE_START,
        POOL_RESIZE_COMPLETE,
        POOL_DELETE_START,
        POOL_DELETE_COMPLETE,
        POOL_AUTOSCALE,
    }
)
ATTEMPT_EVENTS = frozenset({TASK_START, TASK_COMPLETE, TASK_FAIL, TASK_REQUEUE})
KNOWN_EVENTS = POOL_EVENTS | ATTEMPT_EVENTS | {TASK_SCHEDULE_FAIL, SPECIAL_TASK}


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Base of what is decoded from a log."""


class CountedFailure(_Wire, frozen=True):
    """Category and code of a failure; both empty for a task that succeeded."""

    category: Text | None = None
    code: Text | None = None


class CountedNode(_Wire, frozen=True):
    """Where a task ran."""

    pool_id: Text | None = None
    node_id: Text | None = None


class CountedExecution(_Wire, frozen=True):
    """How an attempt went."""

    # In the order of the wire, in which the decoder finds them soonest.
    retry_count: Whole | None = None
    requeue_count: Whole | None = None
    exit_code: Whole | None = None
    result: Text | None = None
    scheduling_error: CountedFailure | None = None
    failure_info: CountedFailure | None = None
    """What the REST interface has for `scheduling_error`."""

    @property
    def is_unclear(self) -> bool:
        """Whether there may be words on a failure that are not counted."""
        if self.failure_info is not None:
            return True
        error = self.scheduling_error
        said = (self.result or "").strip() or (error and (error.category or error.code))
        return error is not None and not said


class CountedBody(_Wire, frozen=True):
    """`properties` of a record."""

    job_id: Text = ""
    id: Text = ""
    pool_id: Text | None = None
    system_task_version: Version = 0
    node_info: CountedNode | None = None
    execution_info: CountedExecution | None = None


class LogRecord(_Wire, frozen=True):
    """One record as a storage account keeps it, cut down to what is counted."""

    operation_name: Text
    time: Moment
    properties: CountedBody

    @property
    def pool_id(self) -> str:
        """The pool that the event is about, or that its task ran in; empty if it names none."""
        body = self.properties
        if self.operation_name in POOL_EVENTS:
            return body.id or body.pool_id or ""
        return ((body.node_info and body.node_info.pool_id) or "").strip()

    @property
    def node_id(self) -> str:
        """The node that the event is about; the service writes a blank for none."""
        node = self.properties.node_info
        return ((node and node.node_id) or "").strip()


class EventBody(_Wire, frozen=True):
    """Everything that the documented events tell, in one type.

    Pool events of 2016 say `targetDedicated` and `enableAutoscale` for what later ones call
    `targetDedicatedNodes` and `enableAutoScale`; the later names are used here. A pool event names
    its pool in `id`, in 2016 in `poolId`.
    """

    job_id: str | None = None
    id: str | None = None
    pool_id: str | None = None
    task_type: str | None = None
    system_task_version: int | None = None
    required_slots: int | None = None
    node_info: NodeReference | None = None
    constraints: TaskConstraints | None = None
    execution_info: TaskExecution | None = None
    scheduling_error: FailureInformation | None = None
    vm_size: str | None = None
    node_deallocation_option: str | None = None
    current_dedicated_nodes: int | None = None
    target_dedicated_nodes: int | None = None
    current_low_priority_nodes: int | None = None
    target_low_priority_nodes: int | None = None
    enable_auto_scale: bool | None = None
    is_auto_pool: bool | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    result_code: str | None = None
    result_message: str | None = None
    formula: str | None = None
    results: str | None = None
    error: AutoScaleError | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of a log, whatever it was wrapped in.

    `body` is `properties` as it was found, for what `properties` here has no field for. `time` is
    unknown for a bare event that carries no time of its own, and where it cannot be read: then
    `unread_time` is its text. All times are in UTC.
    """

    operation_name: str
    time: datetime | None
    properties: EventBody
    category: str | None = None
    resource_id: str | None = None
    body: dict[str, Any] = msgspec.field(default_factory=dict)
    unread_time: str | None = None

    @property
    def pool_id(self) -> str | None:
        """The pool that the event is about, or that its task ran in."""
        if self.operation_name in POOL_EVENTS:
            return self.properties.id or self.properties.pool_id
        node = self.properties.node_info
        return node.pool_id if node else None

    @property
    def node_id(self) -> str | None:
        """The node that the event is about."""
        node = self.properties.node_info
        return node.node_id if node else None

    @property
    def failure(self) -> FailureInformation | None:
        """What went wrong, from wherever this kind of event keeps it."""
        if self.properties.scheduling_error is not None:
            return self.properties.scheduling_error
        execution = self.properties.execution_info
        return execution.scheduling_error if execution else None
