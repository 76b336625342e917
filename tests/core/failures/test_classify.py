"""Categories of real records, and of any record at all."""

from __future__ import annotations

import string

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.failures.classify import classify
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import (
    ContainerInformation,
    FailureInformation,
    NodeReference,
    Task,
    TaskConstraints,
    TaskExecution,
)

# Bodies of events and answers as the documentation and users show them.
REAL: dict[str, tuple[str, Category, bool]] = {
    "a fail event of 2016, with an exit code alone": (
        """{"jobId": "job-0000000001", "id": "task-5", "systemTaskVersion": 0,
            "nodeInfo": {"poolId": "pool-001", "nodeId": "tvm-257509324_1-20160908t162728z"},
            "constraints": {"maxTaskRetryCount": 2},
            "executionInfo": {"startTime": "2016-09-08T16:32:23.799Z",
              "endTime": "2016-09-08T16:34:00.666Z", "exitCode": 1, "retryCount": 2,
              "requeueCount": 0}}""",
        Category.APPLICATION,
        False,
    ),
    "a fail event of 2026, with result and scheduling error": (
        """{"jobId": "myJob", "id": "myTask", "requiredSlots": 1,
            "executionInfo": {"exitCode": 1, "retryCount": 2, "result": "Failure",
              "schedulingError": {"category": "UserError", "code": "FailureExitCode",
                "message": "It ended badly", "details": []}}}""",
        Category.APPLICATION,
        False,
    ),
    "a complete event of a success, whose error strings are empty": (
        """{"id": "t", "executionInfo": {"exitCode": 0, "result": "Success",
              "schedulingError": {"category": "", "code": "", "message": "", "details": []}}}""",
        Category.UNKNOWN,
        False,
    ),
    "a requeue event with a command that was refused": (
        """{"id": "t", "executionInfo": {"exitCode": 11, "result": "failure",
              "schedulingError": {"code": "BadCommandType",
                "details": [{"name": "Reason", "value": "Access denied"}]}}}""",
        Category.PREPROCESSING,
        False,
    ),
    "a schedule-fail event after a failed preparation": (
        """{"id": "t", "nodeInfo": {"poolId": "p", "nodeId": " "},
            "executionInfo": {"schedulingError": {"category": "UserError",
              "code": "JobPreparationTaskFailed", "message": "preparation failed"}}}""",
        Category.PREPROCESSING,
        False,
    ),
    "a timeout on Windows, as the error handling article shows it": (
        """{"id": "t", "constraints": {"maxWallClockTime": "PT10M"},
            "executionInfo": {"startTime": "2026-01-12T10:00:00Z",
              "endTime": "2026-01-12T10:10:00.51Z", "exitCode": -1073741510, "result": "failure",
              "failureInfo": {"category": "ServerError", "code": "TaskEnded"}}}""",
        Category.CONSTRAINT,
        False,
    ),
    "output that could not be uploaded after a good run": (
        """{"id": "t", "executionInfo": {"exitCode": 0, "result": "failure",
              "failureInfo": {"category": "UserError", "code": "FileUploadContainerNotFound"}}}""",
        Category.FILE_UPLOAD,
        False,
    ),
    "a recorded task of the live service that is running": (
        """{"id": "myTask", "state": "running", "previousState": "active",
            "commandLine": "cmd /c echo | set /p dummy=test",
            "constraints": {"maxWallClockTime": "P10675199DT2H48M5.4775807S",
              "retentionTime": "P7D", "maxTaskRetryCount": 0},
            "executionInfo": {"startTime": "2022-09-06T23:47:53.7Z", "retryCount": 0,
              "requeueCount": 0}}""",
        Category.UNKNOWN,
        False,
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_a_real_record_gets_its_category(name: str) -> None:
    body, category, guessed = REAL[name]
    found = classify(msgspec.json.decode(body, type=Task))
    assert (found.category, found.guessed) == (category, guessed)


def test_the_code_is_told_in_the_catalogs_spelling() -> None:
    told = {
        sent: classify(
            Task(id="t", execution_info=TaskExecution(exit_code=1, failure_info=information)),
        ).code
        for sent in ("blobaccessdenied", "brandNewCode", "")
        if (information := FailureInformation(code=sent))
    }
    assert told == {
        "blobaccessdenied": "BlobAccessDenied",
        "brandNewCode": "brandNewCode",
        "": None,
    }


NAMES = st.one_of(
    st.none(),
    st.sampled_from(["", "UserError", "SERVERERROR", "TaskEnded", "diskfull", "Unknown", "Blob{}"]),
    st.text(alphabet=string.printable, max_size=12),
)
TIMES = st.one_of(
    st.none(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
)
FAILURES = st.none() | st.builds(FailureInformation, category=NAMES, code=NAMES, message=NAMES)
TASKS = st.builds(
    Task,
    id=st.text(max_size=5),
    execution_info=st.none()
    | st.builds(
        TaskExecution,
        start_time=TIMES,
        end_time=TIMES,
        exit_code=st.none() | st.integers(-(2**40), 2**40) | st.sampled_from([0, 1, 137, -9]),
        result=st.none() | st.sampled_from(["", "Success", "failure", "other"]),
        failure_info=FAILURES,
        scheduling_error=FAILURES,
        container_info=st.none() | st.builds(ContainerInformation, error=NAMES),
    ),
    node_info=st.none() | st.builds(NodeReference, pool_id=NAMES, node_id=NAMES),
    constraints=st.none()
    | st.builds(
        TaskConstraints,
        max_wall_clock_time=st.sampled_from([None, "", "PT1H", "P10675199DT2H48M5.4775807S", "x"]),
    ),
)


@settings(max_examples=300)
@given(task=TASKS, job_terminate_reason=NAMES, node_state=NAMES)
def test_every_task_has_exactly_one_category_and_a_reason(
    task: Task, job_terminate_reason: str | None, node_state: str | None
) -> None:
    found = classify(task, job_terminate_reason=job_terminate_reason, node_state=node_state)
    assert found.category in Category
    assert found.reason.endswith(".")
    assert (found.rule == "not-failed") is not has_failed(task)


@pytest.mark.parametrize("code", [0xC0000135 - (1 << 32), 0x80008096, 0x80131700 - (1 << 32)])
def test_a_program_whose_libraries_or_runtime_are_missing_was_not_started(code: int) -> None:
    execution = TaskExecution(
        exit_code=code, result="failure", failure_info=FailureInformation(code="FailureExitCode")
    )
    assert classify(Task(id="t", execution_info=execution)).rule == "libraries-missing"
