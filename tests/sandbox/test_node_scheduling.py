"""Taking nodes out of service and back, and what becomes of their tasks."""

from __future__ import annotations

import pytest
from azure.batch import BatchClient, models
from azure.core.exceptions import HttpResponseError, ResourceExistsError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock

POOL = "render-linux"


def busy_node(sandbox: Sandbox) -> str:
    """The sick node: it runs two tasks."""
    return next(node.id for node in sandbox.store.pool(POOL).nodes if len(node.running) == 2)


def node_in(sandbox: Sandbox, pool: str, state: str) -> str:
    return next(node.id for node in sandbox.store.pool(pool).nodes if node.state == state)


def running_on(client: BatchClient, node: str) -> list[str]:
    tasks = client.list_tasks("render-20261121", filter="state eq 'running'")
    return [task.id for task in tasks if task.node_info and task.node_info.node_id == node]


def disable(client: BatchClient, pool: str, node: str, option: str) -> None:
    body = models.BatchNodeDisableSchedulingOptions({"nodeDisableSchedulingOption": option})
    client.disable_node_scheduling(pool, node, body)


def refusal(caught: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str | None]:
    assert caught.value.error is not None
    return caught.value.status_code, caught.value.error.code


def test_a_disabled_node_goes_offline_and_its_tasks_back_to_the_queue(
    sandbox: Sandbox, client: BatchClient
) -> None:
    name = busy_node(sandbox)
    tasks = running_on(client, name)
    disable(client, POOL, name, "requeue")
    node = client.get_node(POOL, name)
    assert (node.state, node.scheduling_state, node.running_tasks_count) == (
        "offline",
        "disabled",
        0,
    )
    assert len(tasks) == 2
    for task in (client.get_task("render-20261121", task) for task in tasks):
        assert (task.state, task.previous_state) == ("active", "running")
        assert task.node_info is None
        assert task.execution_info is not None
        assert (task.execution_info.requeue_count, task.execution_info.retry_count) == (1, 0)
        assert task.execution_info.last_requeue_time is not None


def test_a_disabled_node_can_end_its_tasks_as_failures(
    sandbox: Sandbox, client: BatchClient
) -> None:
    name = busy_node(sandbox)
    tasks = running_on(client, name)
    before = client.get_node(POOL, name)
    disable(client, POOL, name, "terminate")
    for task in (client.get_task("render-20261121", task) for task in tasks):
        info = task.execution_info
        assert info is not None
        assert info.failure_info is not None
        assert (task.state, info.result, info.failure_info.code) == (
            "completed",
            "failure",
            "TaskEnded",
        )
    after = client.get_node(POOL, name)
    assert after.state == "offline"
    assert after.total_tasks_run == before.total_tasks_run + 2
    assert after.total_tasks_succeeded == before.total_tasks_succeeded


def test_a_disabled_node_can_wait_for_its_tasks(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    tasks = running_on(client, name)
    disable(client, POOL, name, "taskcompletion")
    waiting = client.get_node(POOL, name)
    assert (waiting.state, waiting.scheduling_state) == ("running", "disabled")
    assert running_on(client, name) == tasks
    clock.forward(hours=2)
    assert client.get_node(POOL, name).state == "offline"
    assert {client.get_task("render-20261121", task).state for task in tasks} == {"completed"}


def test_enabling_brings_a_node_back(sandbox: Sandbox, client: BatchClient) -> None:
    name = node_in(sandbox, POOL, "offline")
    client.enable_node_scheduling(POOL, name)
    node = client.get_node(POOL, name)
    assert (node.state, node.scheduling_state) == ("idle", "enabled")


def test_enabling_while_a_node_still_waits_keeps_its_tasks(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    disable(client, POOL, name, "taskcompletion")
    client.enable_node_scheduling(POOL, name)
    clock.forward(hours=2)
    node = client.get_node(POOL, name)
    assert (node.state, node.scheduling_state) == ("idle", "enabled")


def test_a_node_already_in_the_target_state_is_a_conflict(
    sandbox: Sandbox, client: BatchClient
) -> None:
    disabled = node_in(sandbox, POOL, "offline")
    enabled = busy_node(sandbox)
    with pytest.raises(ResourceExistsError) as caught:
        disable(client, POOL, disabled, "requeue")
    assert refusal(caught) == (409, "NodeAlreadyInTargetSchedulingState")
    with pytest.raises(ResourceExistsError) as caught:
        client.enable_node_scheduling(POOL, enabled)
    assert refusal(caught) == (409, "NodeAlreadyInTargetSchedulingState")
