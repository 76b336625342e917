"""Makes the record of a failed task out of the event that tells of its failure."""

from __future__ import annotations

from msgspec.structs import replace

from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.log.event import TASK_COMPLETE, TASK_FAIL, Event, LogRecord
from batchdoctor.core.log.outcome import signed
from batchdoctor.core.records import Task, TaskExecution, same


def failed_task_of(event: Event) -> Task | None:
    """The attempt that the event tells of, as the live service would give it; None if not failed.

    The failure is where the service has it (`failure_info`), and a fail event counts as failed
    whatever its fields say.
    """
    if event.operation_name not in {TASK_COMPLETE, TASK_FAIL}:
        return None
    body = event.properties
    execution = body.execution_info or TaskExecution()
    failed = event.operation_name == TASK_FAIL
    execution = replace(
        execution,
        exit_code=signed(execution.exit_code),
        failure_info=execution.scheduling_error,
        scheduling_error=None,
        result="Failure" if failed else execution.result or None,
        end_time=execution.end_time or event.time,
    )
    task = Task(
        id=body.id or "",
        job_id=body.job_id or "",
        state="completed",
        execution_info=execution,
        node_info=body.node_info,
        constraints=body.constraints,
        required_slots=body.required_slots,
        system_task_version=body.system_task_version,
    )
    return task if has_failed(task) else None


def may_tell_failure(record: LogRecord) -> bool:
    """Whether the event that a record was cut from may tell of a failure; true in case of doubt."""
    if record.operation_name == TASK_FAIL:
        return True
    execution = record.properties.execution_info
    if record.operation_name != TASK_COMPLETE or execution is None:
        return False
    if execution.is_unclear:
        return True
    silent = execution.scheduling_error is None and not execution.exit_code
    return not (same(execution.result, "success") or (silent and not execution.result))
