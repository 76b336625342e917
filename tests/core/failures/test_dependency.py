"""Whether the tasks that depend on a task wait in vain."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.dependency import MOST_IDS, dependency_ids, never_satisfies
from batchdoctor.core.records import (
    ExitCodeOptions,
    ExitCodeRangeOptions,
    ExitConditions,
    ExitOptions,
    FailureInformation,
    Task,
    TaskDependencies,
    TaskExecution,
    TaskIdRange,
)

SATISFY, BLOCK = ExitOptions(dependency_action="Satisfy"), ExitOptions(dependency_action="block")


def failed(
    conditions: ExitConditions | None = None, *, exit_code: int | None = 3, code: str | None = None
) -> Task:
    information = FailureInformation(code=code) if code else None
    execution = TaskExecution(exit_code=exit_code, result="failure", failure_info=information)
    return Task(id="first", state="completed", execution_info=execution, exit_conditions=conditions)


def test_ids_and_ranges_are_both_dependencies() -> None:
    task = Task(
        id="last",
        depends_on=TaskDependencies(
            task_ids=["a"],
            task_id_ranges=[TaskIdRange(start=8), TaskIdRange(), TaskIdRange(start=3, end=5)],
        ),
    )
    assert list(dependency_ids(task)) == ["a", "3", "4", "5"]
    assert list(dependency_ids(Task(id="alone"))) == []


def test_a_range_may_be_of_one_id() -> None:
    one = TaskDependencies(task_id_ranges=[TaskIdRange(start=7, end=7)])
    assert list(dependency_ids(Task(id="last", depends_on=one))) == ["7"]


def test_an_endless_range_is_cut() -> None:
    ranges = [TaskIdRange(start=1, end=2**31 - 1)]
    task = Task(id="last", depends_on=TaskDependencies(task_id_ranges=ranges))
    assert sum(1 for _ in dependency_ids(task)) == MOST_IDS


@pytest.mark.parametrize(
    ("conditions", "blocks"),
    [
        (None, True),
        (ExitConditions(default=SATISFY), False),
        (ExitConditions(default=BLOCK), True),
        (ExitConditions(exit_codes=[ExitCodeOptions(code=3, exit_options=SATISFY)]), False),
        (ExitConditions(exit_codes=[ExitCodeOptions(code=4, exit_options=SATISFY)]), True),
        (
            ExitConditions(
                exit_code_ranges=[ExitCodeRangeOptions(start=2, end=9, exit_options=SATISFY)]
            ),
            False,
        ),
        (
            ExitConditions(
                exit_codes=[ExitCodeOptions(code=3, exit_options=BLOCK)], default=SATISFY
            ),
            True,
        ),
        (ExitConditions(pre_processing_error=SATISFY), True),
    ],
)
def test_exit_conditions_decide_whether_a_failure_blocks(
    conditions: ExitConditions | None, blocks: bool
) -> None:
    assert never_satisfies(failed(conditions)) is blocks


def test_a_range_of_exit_codes_holds_both_of_its_ends() -> None:
    half = ExitCodeRangeOptions(start=0, exit_options=SATISFY)
    whole = ExitCodeRangeOptions(start=2, end=4, exit_options=SATISFY)
    satisfied = ExitConditions(exit_code_ranges=[half, whole])
    blocking = [code for code in range(7) if never_satisfies(failed(satisfied, exit_code=code))]
    assert blocking == [0, 1, 5, 6]


def test_what_is_said_of_one_exit_code_goes_before_the_range_around_it() -> None:
    conditions = ExitConditions(
        exit_codes=[ExitCodeOptions(code=3, exit_options=BLOCK)],
        exit_code_ranges=[ExitCodeRangeOptions(start=3, end=3, exit_options=SATISFY)],
    )
    assert never_satisfies(failed(conditions))


def test_errors_before_and_after_the_program_have_conditions_of_their_own() -> None:
    before = ExitConditions(pre_processing_error=SATISFY)
    after = ExitConditions(file_upload_error=SATISFY)
    assert not never_satisfies(failed(before, exit_code=None, code="BlobNotFound"))
    assert not never_satisfies(failed(after, exit_code=0, code="FileUploadMiscError"))
    assert never_satisfies(failed(after, exit_code=3))


def test_only_a_task_that_has_failed_blocks() -> None:
    done = Task(id="a", state="completed", execution_info=TaskExecution(result="success"))
    assert not never_satisfies(done)
    assert not never_satisfies(Task(id="a", state="running"))
