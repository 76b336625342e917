"""Reboots, reimages, deallocations: what they do, and when they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.batch.models._models import (
    BatchNodeDeallocateOptions,
    BatchNodeRebootOptions,
    BatchNodeReimageOptions,
)
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock

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
