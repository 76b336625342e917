"""Changes to pools: nodes removed, pools resized, resizes stopped."""

from __future__ import annotations

import pytest
from azure.batch import BatchClient, models
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock

POOL = "render-linux"


def remove(
    client: BatchClient, nodes: list[str], option: str = "requeue", pool: str = POOL
) -> None:
    body = models.BatchNodeRemoveOptions({"nodeList": nodes, "nodeDeallocationOption": option})
    client._remove_nodes_internal(pool, body)


def resize(client: BatchClient, pool: str, dedicated: int) -> None:
    body = models.BatchPoolResizeOptions({"targetDedicatedNodes": dedicated})
    client._resize_pool_internal(pool, body)


def code(caught: pytest.ExceptionInfo[HttpResponseError]) -> str | None:
    assert caught.value.error is not None
    return caught.value.error.code


def test_removed_nodes_leave_and_take_their_files_with_them(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    task = next(iter(client.list_tasks("encode-20261121", filter="state eq 'completed'")))
    assert task.node_info is not None
    name = task.node_info.node_id or ""
    remove(client, [name])
    pool = client.get_pool(POOL)
    assert (pool.allocation_state, pool.target_dedicated_nodes) == ("resizing", 12)
    assert pool.current_dedicated_nodes == 13
    assert pool.resize_errors is None
    assert client.get_node(POOL, name).state == "leavingpool"
    clock.forward(seconds=61)
    after = client.get_pool(POOL)
    assert (after.allocation_state, after.current_dedicated_nodes) == ("steady", 12)
    with pytest.raises(ResourceNotFoundError):
        client.get_node(POOL, name)
    with pytest.raises(ResourceExistsError) as caught:
        b"".join(client.download_task_file("encode-20261121", task.id, "stdout.txt"))
    assert caught.value.status_code == 409


def test_the_files_of_a_node_that_has_gone_are_unavailable(client: BatchClient) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        list(client.list_task_files("backfill-20261119", "day-1"))
    assert code(caught) == "TaskFilesUnavailable"


def test_a_pool_that_resizes_refuses_another_change(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    nodes = [node.id for node in sandbox.store.pool(POOL).nodes]
    remove(client, nodes[:1])
    with pytest.raises(ResourceExistsError) as caught:
        remove(client, nodes[1:2])
    assert code(caught) == "PoolBeingResized"
    clock.forward(seconds=61)
    remove(client, nodes[1:2])
    assert client.get_pool(POOL).allocation_state == "resizing"


def test_removal_can_wait_for_the_tasks(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    busy = next(node.id for node in sandbox.store.pool(POOL).nodes if len(node.running) == 2)
    remove(client, [busy], "taskcompletion")
    clock.forward(seconds=61)
    assert client.get_node(POOL, busy).state == "running"
    assert client.get_pool(POOL).allocation_state == "resizing"
    clock.forward(hours=2)
    assert client.get_pool(POOL).allocation_state == "steady"
    assert busy not in [node.id for node in client.list_nodes(POOL)]


def test_removing_an_unknown_node_removes_none(client: BatchClient, sandbox: Sandbox) -> None:
    known = sandbox.store.pool(POOL).nodes[0].id
    with pytest.raises(ResourceNotFoundError) as caught:
        remove(client, [known, "tvm-0"])
    assert code(caught) == "NodeNotFound"
    assert client.get_pool(POOL).allocation_state == "steady"


@pytest.mark.parametrize("count", [0, 101])
def test_a_list_of_nodes_has_at_least_one_and_at_most_a_hundred(
    client: BatchClient, count: int
) -> None:
    with pytest.raises(HttpResponseError) as caught:
        remove(client, [f"tvm-{number}" for number in range(count)])
    assert (caught.value.status_code, code(caught)) == (400, "InvalidPropertyValue")


def test_a_pool_grows_to_its_new_target(client: BatchClient, clock: Clock) -> None:
    resize(client, "model-gpu", 4)
    assert client.get_pool("model-gpu").allocation_state == "resizing"
    clock.forward(minutes=4)
    pool = client.get_pool("model-gpu")
    assert (pool.allocation_state, pool.current_dedicated_nodes) == ("steady", 4)
    assert len({node.id for node in client.list_nodes("model-gpu")}) == 4


def test_a_pool_shrinks_by_its_idle_nodes_first(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    busy = {node.id for node in sandbox.store.pool(POOL).nodes if node.running}
    resize(client, POOL, len(busy))
    clock.forward(minutes=4)
    assert {node.id for node in client.list_nodes(POOL)} == busy


def test_new_nodes_of_a_pool_with_a_broken_start_task_fail_it(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    sandbox.store.pool("ingest-linux").shape["enableAutoScale"] = False
    resize(client, "ingest-linux", 8)
    clock.forward(minutes=5)
    assert [node.state for node in client.list_nodes("ingest-linux")].count("starttaskfailed") == 4


def test_a_pool_with_a_formula_is_not_resized_by_hand(client: BatchClient) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        resize(client, "ingest-linux", 8)
    assert code(caught) == "OperationNotValidOnPool"


def test_a_resize_can_be_stopped_and_says_so(client: BatchClient, clock: Clock) -> None:
    resize(client, "model-gpu", 4)
    client._stop_pool_resize_internal("model-gpu")
    assert client.get_pool("model-gpu").allocation_state == "stopping"
    clock.forward(minutes=10)
    pool = client.get_pool("model-gpu")
    assert (pool.allocation_state, pool.current_dedicated_nodes) == ("steady", 2)
    assert [error.code for error in pool.resize_errors or []] == ["ResizeStopped"]
    with pytest.raises(ResourceExistsError) as caught:
        client._stop_pool_resize_internal("model-gpu")
    assert code(caught) == "OperationInvalidForCurrentState"
