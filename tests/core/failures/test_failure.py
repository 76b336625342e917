"""A failed task in normal form, whatever source it came from."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import (
    ContainerInformation,
    FailureInformation,
    NodeReference,
    Task,
    TaskConstraints,
    TaskExecution,
)
from tests.steps import steps, words

LIVE = """{
  "jobId": "nightly", "id": "frame 7",
  "nodeInfo": {"poolId": "render", "nodeId": "tvm-1"},
  "constraints": {"maxTaskRetryCount": 3, "maxWallClockTime": "PT30M"},
  "executionInfo": {
    "startTime": "2026-03-01T12:00:00Z", "endTime": "2026-03-01T12:30:00.25Z",
    "exitCode": -1073741510, "result": "failure", "retryCount": 1, "requeueCount": 2,
    "failureInfo": {"category": "UserError", "code": "taskended", "message": "It was ended."}
  }
}"""


def test_what_is_known_of_job_and_node_sharpens_the_answer() -> None:
    ended = Task(
        id="t",
        job_id="j",
        execution_info=TaskExecution(failure_info=FailureInformation(code="TaskEnded")),
    )
    alone = failure_of(ended)
    with_job = failure_of(ended, job_terminate_reason="UserTerminate")
    assert alone.reason.endswith("at its time limit or by request; the limit is not told here.")
    assert "its job ended for UserTerminate" in with_job.reason


def test_a_failure_of_the_live_service_is_told_in_full() -> None:
    task = msgspec.json.decode(LIVE, type=Task)
    assert task.execution_info is not None
    found = failure_of(task)
    assert found == Failure(
        job_id="nightly",
        task_id="frame 7",
        pool_id="render",
        node_id="tvm-1",
        category=Category.CONSTRAINT,
        code="TaskEnded",
        message="It was ended.",
        exit_code=-1073741510,
        exit_code_meaning=(
            "0xC000013A STATUS_CONTROL_C_EXIT: ended by Batch (time limit or terminate)"
        ),
        start_time=task.execution_info.start_time,
        end_time=task.execution_info.end_time,
        duration_seconds=1800.25,
        retry_count=1,
        max_task_retry_count=3,
        requeue_count=2,
        rule="ended-at-limit",
        reason="Batch ended it after its time limit of 0:30:00.",
        guessed=False,
    )
    assert found.advice == steps(
        "If it was still making progress, raise its maxWallClockTime; if not, it hung.",
        "batchdoctor files tail stdout --job nightly --task 'frame 7'",
        "batchdoctor task show --job nightly --task 'frame 7'",
    )


def test_what_an_old_log_does_not_tell_is_none() -> None:
    task = Task(id="t", job_id="j", execution_info=TaskExecution(exit_code=1))
    found = failure_of(task)
    assert found == Failure(
        job_id="j",
        task_id="t",
        pool_id=None,
        node_id=None,
        category=Category.APPLICATION,
        code=None,
        message=None,
        exit_code=1,
        exit_code_meaning=None,
        start_time=None,
        end_time=None,
        duration_seconds=None,
        retry_count=None,
        max_task_retry_count=None,
        requeue_count=None,
        rule="exit-code-alone",
        reason="The program ran and returned 1; no failure code is told.",
        guessed=False,
    )
    assert found.advice == steps(
        "batchdoctor files tail stderr --job j --task t",
        "batchdoctor task show --job j --task t",
    )


def test_a_node_written_as_a_blank_is_no_node() -> None:
    task = Task(
        id="t",
        node_info=NodeReference(pool_id="p", node_id=" "),
        execution_info=TaskExecution(scheduling_error=FailureInformation(code="DiskFull")),
    )
    found = failure_of(task)
    assert (found.pool_id, found.node_id) == ("p", None)
    assert not any("node disable" in item for item in words(found.advice))


@pytest.mark.parametrize("exit_code", [137, -9])
def test_a_kill_is_out_of_memory_when_the_container_says_so(exit_code: int) -> None:
    execution = TaskExecution(
        exit_code=exit_code, container_info=ContainerInformation(error="OOMKilled: out of memory")
    )
    found = failure_of(Task(id="t", execution_info=execution))
    assert found.exit_code_meaning == "SIGKILL: killed for lack of memory"
    assert found.message == "OOMKilled: out of memory"
    assert found.reason == (
        f"It returned {exit_code} (SIGKILL: killed for lack of memory);"
        " the container runtime says: OOMKilled: out of memory."
    )


def test_what_is_known_of_job_and_node_changes_the_answer() -> None:
    task = Task(
        id="t",
        job_id="j",
        node_info=NodeReference(pool_id="p", node_id="n"),
        execution_info=TaskExecution(failure_info=FailureInformation(code="CommandLaunchFailed")),
    )
    assert failure_of(task).category is Category.PREPROCESSING
    lost = failure_of(task, node_state="preempted")
    assert (lost.category, lost.guessed) == (Category.NODE, True)
    assert words(lost.advice)[0] == "Run it again on another node: batchdoctor tasks reactivate j/t"


TEXTS = st.none() | st.text(max_size=8)


@settings(max_examples=200)
@given(
    task=st.builds(
        Task,
        id=st.text(max_size=6),
        job_id=st.text(max_size=6),
        node_info=st.none() | st.builds(NodeReference, pool_id=TEXTS, node_id=TEXTS),
        constraints=st.none() | st.builds(TaskConstraints, max_wall_clock_time=TEXTS),
        execution_info=st.none()
        | st.builds(
            TaskExecution,
            start_time=st.none() | st.datetimes(),
            end_time=st.none() | st.datetimes(timezones=st.timezones()),
            exit_code=st.none() | st.integers(),
            result=TEXTS,
            failure_info=st.none() | st.builds(FailureInformation, category=TEXTS, code=TEXTS),
            container_info=st.none() | st.builds(ContainerInformation, error=TEXTS),
        ),
    )
)
def test_no_task_makes_it_raise(task: Task) -> None:
    found = failure_of(task)
    assert (found.task_id, found.job_id) == (task.id, task.job_id)
    assert found.code is None or found.code
    assert len(words(found.advice)) <= 3


def test_what_the_service_says_without_details_and_docker_of_its_own_tell_the_cause() -> None:
    full = "write /x: no space left on device"
    plain = FailureInformation(code="ContainerInvalidImage", message=full)
    ran = FailureInformation(code="FailureExitCode")
    said = ContainerInformation(error=full)
    executions = [
        TaskExecution(result="failure", failure_info=plain),
        TaskExecution(result="failure", failure_info=ran, exit_code=125, container_info=said),
        # Here the program ran.
        TaskExecution(result="failure", failure_info=ran, exit_code=1, container_info=said),
    ]
    failures = [failure_of(Task(id="t", execution_info=each)) for each in executions]
    assert [each.telling for each in failures] == ["told-disk-full", "told-disk-full", None]
