"""What of a log's events belongs on a timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from batchdoctor.core.log.event import Event
from batchdoctor.core.timeline.of_event import of_event

TIME = datetime(2026, 3, 1, 2, tzinfo=UTC)


def told(operation: str, **properties: Any) -> list[tuple[str, str, str | None]]:
    event = msgspec.convert(
        {"operation_name": operation, "time": TIME, "properties": properties}, Event
    )
    return [(each.kind.value, each.what, each.pool_id) for each in of_event(event)]


TASK = {"jobId": "j", "id": "t", "nodeInfo": {"poolId": "p", "nodeId": "n"}}
FAILED = {
    "retryCount": 1,
    "requeueCount": 0,
    "exitCode": 3,
    "result": "Failure",
    "schedulingError": {"category": "UserError", "code": "FailureExitCode"},
}
WELL = {"retryCount": 0, "requeueCount": 0, "exitCode": 0, "result": "Success"}
SIZES = {
    "currentDedicatedNodes": 2,
    "targetDedicatedNodes": 6,
    "currentLowPriorityNodes": 0,
    "targetLowPriorityNodes": 1,
}


@pytest.mark.parametrize(
    ("operation", "properties", "expected"),
    [
        ("TaskFailEvent", TASK | {"executionInfo": FAILED}, ("task-failed", "failed: exit code 3")),
        ("TaskCompleteEvent", TASK | {"executionInfo": WELL}, None),
        ("TaskStartEvent", TASK | {"executionInfo": {"retryCount": 0}}, None),
        (
            "TaskStartEvent",
            TASK | {"executionInfo": {"retryCount": 2}},
            ("task-retried", "retry 2"),
        ),
        (
            "TaskRequeueEvent",
            TASK | {"executionInfo": {"retryCount": 0, "requeueCount": 1}},
            ("task-requeued", "put back in line, 1 so far"),
        ),
        (
            "TaskScheduleFailEvent",
            TASK | {"schedulingError": {"code": "NoSlots"}},
            ("schedule-failed", "could not be scheduled: NoSlots"),
        ),
        ("PoolCreateEvent", {"id": "p"}, ("pool-created", "created")),
        (
            "PoolResizeStartEvent",
            {"id": "p"} | SIZES,
            ("resize-started", "resize begins from 2 to 7 nodes"),
        ),
        (
            "PoolResizeCompleteEvent",
            {"id": "p", "resultCode": "Success"},
            ("resize-ended", "resized"),
        ),
        (
            "PoolResizeCompleteEvent",
            {"id": "p", "resultCode": "AllocationTimedOut"} | SIZES,
            ("resize-failed", "not resized: AllocationTimedOut from 2 to 7 nodes"),
        ),
        (
            "PoolAutoScaleEvent",
            {"id": "p", "results": "$TargetDedicatedNodes=7;$NodeDeallocationOption=requeue"},
            ("autoscale-run", "autoscale formula: TargetDedicatedNodes=7"),
        ),
        (
            "PoolAutoScaleEvent",
            {"id": "p", "error": {"code": "FormulaError"}},
            ("autoscale-error", "autoscale formula fails: FormulaError"),
        ),
        ("SomethingElse", {"id": "p"}, None),
    ],
)
def test_each_kind_of_event(
    operation: str, properties: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert told(operation, **properties) == ([(*expected, "p")] if expected else [])
