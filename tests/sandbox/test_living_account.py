"""An account with a lag goes on as the service does: late states, tasks that start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.batch.models._models import BatchNodeDeallocateOptions, BatchNodeReimageOptions

from batchdoctor.sandbox import LAG, Sandbox, scenario_names
from batchdoctor.sandbox.clock import ticks
from tests.box import Open
from tests.sandbox.wire import Clock

POOL = "render-linux"


@pytest.fixture
def living(start: Callable[..., Sandbox], clock: Clock) -> Sandbox:
    return start("night-shift", now=clock, lag=LAG)


def idle_node(sandbox: Sandbox, pool: str = POOL) -> str:
    return next(node.id for node in sandbox.store.pool(pool).nodes if node.state == "idle")


def states_over_time(
    sandbox: Sandbox, client: BatchClient, clock: Clock, pool: str, node: str
) -> list[str | None]:
    found: list[str | None] = []
    for seconds in (0.0, 3.0, 1.0):
        clock.forward(seconds=seconds)
        found.append(client.get_node(pool, node).state)
    return found


def test_a_reimage_shows_seconds_after_it_was_accepted(
    living: Sandbox, connect: Callable[[Sandbox], BatchClient], clock: Clock
) -> None:
    client, node = connect(living), idle_node(living)
    body = BatchNodeReimageOptions({"nodeReimageOption": "requeue"})
    client._reimage_node_internal(POOL, node, body)
    assert states_over_time(living, client, clock, POOL, node) == ["idle", "idle", "reimaging"]


def test_a_node_that_is_deallocated_still_lists_as_idle(
    living: Sandbox, connect: Callable[[Sandbox], BatchClient], clock: Clock
) -> None:
    client, node = connect(living), idle_node(living, "model-gpu")
    body = BatchNodeDeallocateOptions({"nodeDeallocateOption": "requeue"})
    client._deallocate_node_internal("model-gpu", node, body)
    assert states_over_time(living, client, clock, "model-gpu", node)[::2] == [
        "idle",
        "deallocating",
    ]


def test_a_command_that_waits_sees_a_late_reimage_begin_and_end(open_box: Open) -> None:
    box = open_box("night-shift", lag=LAG)
    node = idle_node(box.sandbox)
    result = box.run("node", "reimage", node, "--pool", POOL, "--yes", "--wait", "-o", "jsonl")
    assert result.status == 0
    after = next(n for n in box.sandbox.store.pool(POOL).nodes if n.id == node)
    assert after.state in {"idle", "running"}
    assert (after.imaged, after.booted) > (0, after.imaged)


def test_waiting_tasks_start_where_nodes_are_free_and_end(
    living: Sandbox, connect: Callable[[Sandbox], BatchClient], clock: Clock
) -> None:
    client = connect(living)

    def waiting() -> set[str]:
        return {
            task.id for task in client.list_tasks("render-20261121", filter="state eq 'active'")
        }

    before = waiting()
    clock.forward(minutes=40)
    assert before
    assert waiting() == set()
    ended = client.list_tasks("render-20261121", filter="state eq 'completed'")
    assert before & {task.id for task in ended}


def test_no_node_runs_more_than_its_slots(living: Sandbox, clock: Clock) -> None:
    for _ in range(40):
        clock.forward(minutes=1)
        living.store.settle(ticks(clock()))
        for pool in living.store.pools:
            for node in pool.nodes:
                assert sum(task.kind.slots for task in node.running) <= pool.slots


@pytest.mark.parametrize("scenario", scenario_names())
def test_an_hour_brings_no_finding_that_was_not_there_at_the_start(
    scenario: str, open_box: Open
) -> None:
    box = open_box(scenario, lag=LAG)

    def found() -> set[tuple[Any, ...]]:
        items = box.run("triage", "-o", "json").json()["items"]
        return {(item["kind"], item["subject"].get("poolId")) for item in items}

    before = found()
    for minutes in (25, 35):
        box.clock.sleep(minutes * 60)
        assert found() <= before


def test_a_url_of_a_scenario_ends_at_an_hour_told_from_its_beginning(
    start: Callable[..., Sandbox], clock: Clock
) -> None:
    for days in (0, 400):
        clock.forward(days=days)
        tasks = list(start("night-shift", now=clock).store.tasks())
        ended = (clock() - timedelta(hours=5)).strftime("se=%Y-%m-%dT%H%%3A00%%3A00Z&")
        denied = [t.recipe for t in tasks if t.recipe and t.recipe.code == "BlobAccessDenied"]
        assert denied
        assert all(ended in recipe.message for recipe in denied)
