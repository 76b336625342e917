"""Changes to tasks and jobs, and what they do to each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from azure.batch import BatchClient, models
from azure.batch.models._models import BatchJobTerminateOptions
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire

JOB = "render-20261121"
TERMINATE = BatchJobTerminateOptions({"terminateReason": "enough"})


def code(caught: pytest.ExceptionInfo[ResourceExistsError]) -> str | None:
    assert caught.value.error is not None
    return caught.value.error.code


def first(client: BatchClient, job: str, wanted: str) -> str:
    return next(iter(client.list_tasks(job, filter=wanted))).id


def test_a_failed_task_runs_again_with_its_retries_reset(client: BatchClient) -> None:
    name = first(client, "render-20261120", "executionInfo/result eq 'failure'")
    before = client.get_task("render-20261120", name)
    assert before.execution_info is not None
    assert before.execution_info.retry_count == 1
    client.reactivate_task("render-20261120", name)
    task = client.get_task("render-20261120", name)
    info = task.execution_info
    assert info is not None
    assert (task.state, task.previous_state, task.node_info) == ("active", "completed", None)
    assert (info.retry_count, info.exit_code, info.result, info.failure_info) == (
        0,
        None,
        None,
        None,
    )
    assert task["eTag"] != before["eTag"]


@pytest.mark.parametrize(
    ("job", "wanted", "expected"),
    [
        (JOB, "executionInfo/result eq 'success'", "TaskSucceeded"),
        (JOB, "state eq 'running'", "TaskNotCompleted"),
        (JOB, "state eq 'active'", "TaskNotCompleted"),
        ("archive-20261114", "state eq 'completed'", "JobCompleted"),
    ],
)
def test_a_task_that_cannot_run_again_is_a_conflict(
    client: BatchClient, job: str, wanted: str, expected: str
) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        client.reactivate_task(job, first(client, job, wanted))
    assert code(caught) == expected


def test_a_running_task_is_ended(client: BatchClient, sandbox: Sandbox) -> None:
    name = first(client, JOB, "state eq 'running'")
    node = sandbox.store.task(JOB, name).node_id
    client.terminate_task(JOB, name)
    task = client.get_task(JOB, name)
    info = task.execution_info
    assert info is not None
    assert info.failure_info is not None
    assert (task.state, info.result, info.exit_code) == ("completed", "failure", None)
    assert info.failure_info.code == "TaskEnded"
    assert task.node_info is not None
    assert task.node_info.node_id == node
    with pytest.raises(ResourceExistsError) as caught:
        client.terminate_task(JOB, name)
    assert code(caught) == "TaskCompleted"


def test_a_task_of_another_version_is_not_changed(client: BatchClient) -> None:
    name = first(client, JOB, "state eq 'running'")
    with pytest.raises(ResourceModifiedError) as caught:
        client.terminate_task(
            JOB, name, etag="0x8D0000000000000", match_condition=MatchConditions.IfNotModified
        )
    assert caught.value.status_code == 412
    assert client.get_task(JOB, name).state == "running"


def test_running_tasks_end_by_themselves_when_their_time_comes(
    client: BatchClient, clock: Clock
) -> None:
    clock.forward(hours=2)
    assert list(client.list_tasks(JOB, filter="state eq 'running'")) == []
    assert {node.state for node in client.list_nodes("render-linux")} == {
        "idle",
        "offline",
        "unusable",
    }


def test_the_counts_follow_the_tasks(client: BatchClient) -> None:
    before = client.get_job_task_counts(JOB).task_counts
    client.terminate_task(JOB, first(client, JOB, "state eq 'running'"))
    after = client.get_job_task_counts(JOB).task_counts
    assert (after.running, after.failed) == (before.running - 1, before.failed + 1)
    assert after.completed == after.succeeded + after.failed


@pytest.mark.parametrize(
    ("option", "states"), [("requeue", {"active"}), ("terminate", {"completed"})]
)
def test_a_disabled_job_runs_nothing(client: BatchClient, option: str, states: set[str]) -> None:
    running = [task.id for task in client.list_tasks(JOB, filter="state eq 'running'")]
    client._disable_job_internal(JOB, models.BatchJobDisableOptions(disable_tasks=option))
    assert client.get_job(JOB).state == "disabled"
    assert {client.get_task(JOB, task).state for task in running} == states


def test_a_disabled_job_can_wait_for_its_tasks(client: BatchClient, clock: Clock) -> None:
    client._disable_job_internal(JOB, models.BatchJobDisableOptions(disable_tasks="wait"))
    assert client.get_job(JOB).state == "disabling"
    clock.forward(hours=2)
    job = client.get_job(JOB)
    assert (job.state, job.previous_state) == ("disabled", "disabling")


def test_a_job_is_enabled_again(client: BatchClient) -> None:
    client._enable_job_internal("backfill-20261119")
    assert client.get_job("backfill-20261119").state == "active"
    with pytest.raises(ResourceExistsError) as caught:
        client._enable_job_internal("backfill-20261119")
    assert code(caught) == "OperationInvalidForCurrentState"


def test_a_terminated_job_ends_its_tasks_and_then_itself(client: BatchClient, clock: Clock) -> None:
    client._terminate_job_internal(JOB, TERMINATE)
    assert client.get_job(JOB).state == "terminating"
    with pytest.raises(ResourceExistsError) as caught:
        client._terminate_job_internal(JOB, TERMINATE)
    assert code(caught) == "JobBeingTerminated"
    clock.forward(minutes=1)
    job = client.get_job(JOB)
    assert job.execution_info is not None
    assert (job.state, job.execution_info["terminateReason"]) == ("completed", "enough")
    assert job.execution_info.end_time is not None
    assert {task.state for task in client.list_tasks(JOB)} == {"completed"}
    with pytest.raises(ResourceExistsError) as caught:
        client._disable_job_internal(JOB, models.BatchJobDisableOptions(disable_tasks="wait"))
    assert code(caught) == "JobCompleted"


def test_a_job_is_disabled_only_with_a_word_on_its_tasks(wire: Wire) -> None:
    missing = wire.post(f"/jobs/{JOB}/disable", {})
    assert (missing.status, missing.document["code"]) == (400, "MissingRequiredProperty")
    wrong = wire.post(f"/jobs/{JOB}/disable", {"disableTasks": "kill"})
    assert (wrong.status, wrong.document["code"]) == (400, "InvalidPropertyValue")


def test_nothing_moves_while_the_clock_stands_still(
    client: BatchClient, start: Callable[..., Sandbox]
) -> None:
    before = [task.as_dict() for task in client.list_tasks(JOB)]
    assert [task.as_dict() for task in client.list_tasks(JOB)] == before
