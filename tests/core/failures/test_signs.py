"""What the record of a task is read to say, from the service and from logs of every age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.failures.signs import (
    Evidence,
    Timing,
    evidence_of,
    failure_information,
    has_failed,
    run_time,
)
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import FailureInformation, Task, TaskConstraints, TaskExecution

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EMPTY = FailureInformation(category="", code="", message="", details=[])
DISK_FULL = FailureInformation(category="ServerError", code="DiskFull")


def ran(seconds: float, limit: str | None) -> Task:
    execution = TaskExecution(
        result="failure", start_time=START, end_time=START + timedelta(seconds=seconds)
    )
    return Task(
        id="t", execution_info=execution, constraints=TaskConstraints(max_wall_clock_time=limit)
    )


@pytest.mark.parametrize(
    ("execution", "failed"),
    [
        (None, False),
        (TaskExecution(), False),
        (TaskExecution(exit_code=0), False),
        (TaskExecution(exit_code=1), True),
        (TaskExecution(exit_code=-9), True),
        (TaskExecution(result="Failure", exit_code=0), True),
        (TaskExecution(result="failure"), True),
        (TaskExecution(result="Success"), False),
        (TaskExecution(result="success", exit_code=None), False),
        (TaskExecution(result="", exit_code=3), True),
        (TaskExecution(result="success", exit_code=0, scheduling_error=EMPTY), False),
        (TaskExecution(scheduling_error=EMPTY), False),
        (TaskExecution(failure_info=DISK_FULL), True),
        (TaskExecution(exit_code=0, scheduling_error=DISK_FULL), True),
        (TaskExecution(result="cancelled", failure_info=DISK_FULL), True),
        (TaskExecution(result="cancelled", exit_code=0), False),
    ],
)
def test_a_task_has_failed_by_result_then_failure_information_then_exit_code(
    execution: TaskExecution | None, failed: bool
) -> None:
    assert has_failed(Task(id="t", execution_info=execution)) is failed


def test_a_null_exit_code_is_not_a_failure_by_itself() -> None:
    assert not has_failed(Task(id="t", execution_info=TaskExecution(exit_code=None)))


def test_empty_strings_are_no_failure_information() -> None:
    assert failure_information(TaskExecution(failure_info=EMPTY)) is None


def test_failure_information_is_found_under_its_old_name_too() -> None:
    old = TaskExecution(failure_info=EMPTY, scheduling_error=DISK_FULL)
    assert failure_information(old) == DISK_FULL


@pytest.mark.parametrize(
    ("start", "end", "elapsed"),
    [
        (START, START + timedelta(seconds=90), timedelta(seconds=90)),
        (START.replace(tzinfo=None), START + timedelta(seconds=1), timedelta(seconds=1)),
        (START, START, timedelta()),
        (START, START - timedelta(seconds=1), None),
        (None, START, None),
        (START, None, None),
    ],
)
def test_the_run_time_is_known_when_both_ends_are_and_in_order(
    start: datetime | None, end: datetime | None, elapsed: timedelta | None
) -> None:
    assert run_time(TaskExecution(start_time=start, end_time=end)) == elapsed


@pytest.mark.parametrize(
    ("seconds", "limit", "timing"),
    [
        (3600, "PT1H", Timing.REACHED),
        (3599.2, "PT1H", Timing.REACHED),
        (3598, "PT1H", Timing.WITHIN),
        (9999, "P10675199DT2H48M5.4775807S", Timing.UNLIMITED),
        (3600, None, Timing.UNKNOWN),
        (-5, "PT1H", Timing.UNKNOWN),
    ],
)
def test_the_run_time_is_compared_with_the_limit(
    seconds: float, limit: str | None, timing: Timing
) -> None:
    assert evidence_of(ran(seconds, limit)).timing is timing


def test_all_that_is_known_comes_together() -> None:
    task = Task(
        id="t",
        execution_info=TaskExecution(
            result="Failure", failure_info=FailureInformation(category="USERERROR", code="diskfull")
        ),
    )
    assert evidence_of(
        task, job_terminate_reason="UserTerminate", node_state="Preempted"
    ) == Evidence(
        failed=True,
        code="DiskFull",
        listed=Category.NODE,
        service="usererror",
        job_end="UserTerminate",
        node_state="preempted",
    )


def test_an_unknown_code_is_kept_as_it_was_sent() -> None:
    task = Task(
        id="t", execution_info=TaskExecution(failure_info=FailureInformation(code="NewThing"))
    )
    found = evidence_of(task)
    assert (found.code, found.listed, found.unlisted) == ("NewThing", None, "newthing")
