"""Actions on nodes: what they do to the node and its tasks, and when they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from azure.batch import BatchClient, models
from azure.batch.models._models import (
    BatchNodeDeallocateOptions,
    BatchNodeRebootOptions,
    BatchNodeReimageOptions,
)
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire

POOL = "render-linux"
Do = Callable[[BatchClient, str, str], Any]


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


def reboot(client: BatchClient, pool: str, node: str, option: str = "requeue") -> None:
    body = BatchNodeRebootOptions({"nodeRebootOption": option})
    client._reboot_node_internal(pool, node, body)


def reimage(client: BatchClient, pool: str, node: str) -> None:
    body = BatchNodeReimageOptions({"nodeReimageOption": "requeue"})
    client._reimage_node_internal(pool, node, body)


def deallocate(client: BatchClient, pool: str, node: str) -> None:
    body = BatchNodeDeallocateOptions({"nodeDeallocateOption": "requeue"})
    client._deallocate_node_internal(pool, node, body)


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


def test_a_rebooted_node_comes_back_after_its_time_and_its_start_task(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    tasks = running_on(client, name)
    booted = client.get_node(POOL, name).last_boot_time
    reboot(client, POOL, name)
    assert client.get_node(POOL, name).state == "rebooting"
    assert {client.get_task("render-20261121", task).state for task in tasks} == {"active"}
    clock.forward(seconds=91)
    started = client.get_node(POOL, name)
    assert started.state == "waitingforstarttask"
    assert started.start_task_info is not None
    assert started.start_task_info.state == "running"
    clock.forward(seconds=30)
    back = client.get_node(POOL, name)
    assert back.state == "idle"
    assert back.last_boot_time > booted
    assert back.start_task_info is not None
    assert back.start_task_info.result == "success"


def test_a_reboot_can_wait_for_the_tasks(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    booted = client.get_node(POOL, name).last_boot_time
    reboot(client, POOL, name, "taskcompletion")
    assert client.get_node(POOL, name).state == "running"
    with pytest.raises(ResourceExistsError) as caught:
        reboot(client, POOL, name)
    assert refusal(caught) == (409, "NodeBeingRebooted")
    clock.forward(hours=2)
    back = client.get_node(POOL, name)
    assert back.state == "idle"
    assert back.last_boot_time > booted


def test_a_start_task_fails_again_after_a_reboot_unless_the_scenario_says_otherwise(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    nodes = [n.id for n in client.list_nodes("ingest-linux", filter="state eq 'starttaskfailed'")]
    for name in nodes:
        reboot(client, "ingest-linux", name)
    clock.forward(seconds=121)
    assert [client.get_node("ingest-linux", name).state for name in nodes] == [
        "starttaskfailed",
        "starttaskfailed",
        "idle",
    ]


def test_a_disabled_node_is_still_offline_after_a_reboot(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = node_in(sandbox, POOL, "offline")
    reboot(client, POOL, name)
    clock.forward(minutes=3)
    assert client.get_node(POOL, name).state == "offline"


def test_a_full_disk_is_empty_after_a_reboot_but_a_silent_node_cannot_be_rebooted(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    full = node_in(sandbox, POOL, "unusable")
    silent = node_in(sandbox, "etl-windows", "unusable")
    reboot(client, POOL, full)
    with pytest.raises(ResourceExistsError) as caught:
        reboot(client, "etl-windows", silent)
    assert refusal(caught) == (409, "NodeStateUnusable")
    clock.forward(minutes=3)
    node = client.get_node(POOL, full)
    assert (node.state, node.errors) == ("idle", None)


def test_a_reimaged_node_has_lost_the_files_of_its_tasks(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    task = next(
        task
        for task in client.list_tasks("encode-20261121", filter="state eq 'completed'")
        if task.node_info
        and task.node_info.node_id != busy_node(sandbox)
        and client.get_node(POOL, task.node_info.node_id or "").state == "idle"
    )
    assert b"".join(client.download_task_file("encode-20261121", task.id, "stdout.txt"))
    assert task.node_info is not None
    node = task.node_info.node_id or ""
    reimage(client, POOL, node)
    assert client.get_node(POOL, node).state == "reimaging"
    with pytest.raises(ResourceExistsError) as caught:
        reimage(client, POOL, node)
    assert refusal(caught) == (409, "NodeBeingReimaged")
    clock.forward(minutes=5)
    with pytest.raises(ResourceExistsError):
        b"".join(client.download_task_file("encode-20261121", task.id, "stdout.txt"))
    assert client.get_node(POOL, node).state == "idle"


def test_a_node_is_deallocated_and_started(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = node_in(sandbox, "model-gpu", "idle")
    deallocate(client, "model-gpu", name)
    states = [client.get_node("model-gpu", name).state]
    clock.forward(seconds=61)
    states.append(client.get_node("model-gpu", name).state)
    client._start_node_internal("model-gpu", name)
    states.append(client.get_node("model-gpu", name).state)
    clock.forward(seconds=121)
    states.append(client.get_node("model-gpu", name).state)
    assert states == ["deallocating", "deallocated", "starting", "idle"]


@pytest.mark.parametrize(
    ("do", "pool", "state", "code"),
    [
        (reboot, "sim-spot", "starting", "NodeBeingStarted"),
        (reboot, "sim-spot", "preempted", "OperationInvalidForCurrentState"),
        (reimage, "etl-windows", "unusable", "NodeStateUnusable"),
        (deallocate, "ingest-linux", "starttaskfailed", "OperationInvalidForCurrentState"),
        (BatchClient._start_node_internal, "model-gpu", "idle", "OperationInvalidForCurrentState"),
    ],
)
def test_an_action_in_the_wrong_state_is_refused(
    sandbox: Sandbox, client: BatchClient, do: Do, pool: str, state: str, code: str
) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        do(client, pool, node_in(sandbox, pool, state))
    assert refusal(caught) == (409, code)


def test_a_node_that_does_not_exist_is_not_found(client: BatchClient) -> None:
    with pytest.raises(ResourceNotFoundError) as caught:
        reboot(client, POOL, "tvm-0")
    assert refusal(caught) == (404, "NodeNotFound")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"nodeRebootOption": "sometime"}, "InvalidPropertyValue"),
        ({"nodeRebootOption": {"nodeRebootOption": "requeue"}}, "InvalidRequestBody"),
        ({"nodeRebootOption": 3}, "InvalidRequestBody"),
        ({"rebootOption": "requeue"}, "InvalidRequestBody"),
        (["requeue"], "InvalidRequestBody"),
        ("requeue", "InvalidRequestBody"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_and_changes_nothing(
    sandbox: Sandbox, wire: Wire, body: Any, code: str
) -> None:
    name = busy_node(sandbox)
    answer = wire.post(f"/pools/{POOL}/nodes/{name}/reboot", body)
    assert (answer.status, answer.document["code"]) == (400, code)
    assert sandbox.store.node(POOL, name).state == "running"


@pytest.mark.parametrize(
    "body", [None, {}, {"nodeRebootOption": None}, {"nodeRebootOption": "Requeue"}]
)
def test_a_body_may_leave_the_option_out(sandbox: Sandbox, wire: Wire, body: Any) -> None:
    name = busy_node(sandbox)
    assert wire.post(f"/pools/{POOL}/nodes/{name}/reboot", body).status == 202
    assert sandbox.store.node(POOL, name).state == "rebooting"


def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, wire: Wire) -> None:
    target = f"/pools/{POOL}/nodes/{busy_node(sandbox)}/reboot?api-version=2025-06-01"
    answer = wire.send("POST", target, {}, {"Content-Type": "text/plain"})
    assert (answer.status, answer.document["code"]) == (415, "UnsupportedMediaType")


def test_retained_data_is_no_option_for_disabling(sandbox: Sandbox, wire: Wire) -> None:
    path = f"/pools/{POOL}/nodes/{busy_node(sandbox)}/disablescheduling"
    answer = wire.post(path, {"nodeDisableSchedulingOption": "retaineddata"})
    assert answer.document["code"] == "InvalidPropertyValue"


def test_users_come_and_go(sandbox: Sandbox, client: BatchClient) -> None:
    name = busy_node(sandbox)
    user = models.BatchNodeUserCreateOptions(name="oncall", ssh_public_key="ssh-ed25519 AAAA")
    client.create_node_user(POOL, name, user)
    with pytest.raises(ResourceExistsError) as caught:
        client.create_node_user(POOL, name, user)
    assert refusal(caught) == (409, "NodeUserExists")
    client.replace_node_user(POOL, name, "OnCall", models.BatchNodeUserReplaceOptions(password="x"))
    client.delete_node_user(POOL, name, "oncall")
    with pytest.raises(ResourceNotFoundError) as missing:
        client.delete_node_user(POOL, name, "oncall")
    assert refusal(missing) == (404, "NodeUserNotFound")


def test_a_user_on_windows_needs_a_password_and_takes_no_key(
    sandbox: Sandbox, client: BatchClient
) -> None:
    name = node_in(sandbox, "etl-windows", "idle")
    for user, code in (
        (models.BatchNodeUserCreateOptions(name="x"), "MissingRequiredProperty"),
        (
            models.BatchNodeUserCreateOptions(name="x", password="p", ssh_public_key="k"),
            "InvalidPropertyValue",
        ),
    ):
        with pytest.raises(HttpResponseError) as caught:
            client.create_node_user("etl-windows", name, user)
        assert refusal(caught) == (400, code)


def test_a_user_needs_a_node_that_works(sandbox: Sandbox, client: BatchClient) -> None:
    user = models.BatchNodeUserCreateOptions(name="x", password="p")
    with pytest.raises(ResourceExistsError) as caught:
        client.create_node_user("etl-windows", node_in(sandbox, "etl-windows", "unusable"), user)
    assert refusal(caught) == (409, "NodeStateUnusable")


def test_the_address_to_log_in_to_is_told(sandbox: Sandbox, client: BatchClient) -> None:
    settings = client.get_node_remote_login_settings(POOL, busy_node(sandbox))
    assert settings.remote_login_ip_address.startswith("20.73.")
    assert settings.remote_login_port > 50_000


def test_logs_are_uploaded_from_a_node_that_answers(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    options = models.UploadBatchServiceLogsOptions(
        container_url="https://logs.blob.core.windows.net/agent?sig=abc", start_time=clock()
    )
    result = client.upload_node_logs(POOL, name, options)
    assert result.virtual_directory_name.startswith(f"{POOL}/{name}/")
    assert result.number_of_files_uploaded > 0
    silent = node_in(sandbox, "etl-windows", "unusable")
    with pytest.raises(ResourceExistsError) as caught:
        client.upload_node_logs("etl-windows", silent, options)
    assert refusal(caught) == (409, "NodeStateUnusable")
