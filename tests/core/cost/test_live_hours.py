"""Hours of a live account: what the times of a node and the last runs of tasks tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batchdoctor.core.cost.live_hours import LiveHours
from batchdoctor.core.cost.reckoning import PoolTold, Window, reckon
from batchdoctor.core.cost.told import microseconds
from batchdoctor.core.records import Node, NodeReference, Task, TaskExecution
from batchdoctor.core.records.node import StartTaskInformation

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MINUTE = 60_000_000


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def node(state: str, since: float | None = 10, **more: Any) -> Node:
    return Node(
        id="n",
        pool_id="p",
        state=state,
        state_transition_time=None if since is None else ago(since),
        **{"allocation_time": ago(60), "last_boot_time": ago(58), **more},
    )


def task(start: float | None, end: float | None, **more: Any) -> Task:
    where = {"pool_id": "P", "node_id": "n", **more.pop("where", {})}
    return Task(
        id=more.pop("id", "t"),
        job_id="j",
        state="completed" if end is not None else "running",
        node_info=NodeReference(**where),
        execution_info=TaskExecution(
            start_time=None if start is None else ago(start),
            end_time=None if end is None else ago(end),
            **more,
        ),
    )


def told(*things: Node | Task) -> LiveHours:
    hours = LiveHours(NOW)
    hours.add_pool("p")
    for thing in things:
        if isinstance(thing, Node):
            hours.add_node(thing)
        else:
            hours.add_task(thing)
    return hours


def minutes(*things: Node | Task) -> dict[str, float]:
    hours = told(*things)
    pool = PoolTold(runs=hours.runs.pool("p"), nodes=hours.nodes["p"])
    spent = reckon(pool, Window(microseconds(ago(600)), microseconds(NOW)))
    return {str(purpose): float(many / MINUTE) for purpose, many in spent.by_purpose.items()}


def test_a_node_comes_up_and_then_is_idle_until_now() -> None:
    ready = StartTaskInformation(end_time=ago(55))
    assert minutes(node("idle", start_task_info=ready)) == {"starting": 5, "idle": 55}


def test_its_runs_take_of_the_time_in_which_it_would_have_been_idle() -> None:
    found = minutes(node("running", since=4), task(30, 10), task(4, None, id="u"))
    assert found == {"succeeded": 20, "running": 4, "starting": 2, "idle": 34}


@pytest.mark.parametrize(
    ("state", "purpose"),
    [
        ("unusable", "unusable"),
        ("startTaskFailed", "start-task-failed"),
        ("preempted", "preempted"),
        ("unknown", "not-known"),
        ("leavingPool", "leaving"),
        ("rebooting", "starting"),
    ],
)
def test_what_a_node_did_before_it_fell_ill_nobody_tells(state: str, purpose: str) -> None:
    found = minutes(node(state))
    assert found.pop(purpose) == (10 if purpose != "starting" else 12)
    starting = {} if purpose == "starting" else {"starting": 2}
    assert found == {"no-task": 48, **starting}


def test_a_node_that_takes_no_tasks_is_offline_though_it_says_idle() -> None:
    found = minutes(node("idle", scheduling_state="disabled"))
    assert found == {"starting": 2, "idle": 48, "offline": 10}


def test_a_node_that_was_booted_again_did_nobody_knows_what_before() -> None:
    found = minutes(node("idle", since=15, allocation_time=ago(500), last_boot_time=ago(20)))
    assert found == {"no-task": 480, "idle": 20}


def test_a_node_of_which_no_time_is_told_has_no_hours_of_its_own() -> None:
    bare = Node(id="n", pool_id="p", state="idle")
    assert minutes(bare, task(30, 10)) == {"succeeded": 20}


def test_failures_and_repeated_runs_are_told_apart() -> None:
    found = minutes(
        task(30, 20, id="a", exit_code=1, result="failure"),
        task(20, 10, id="b", retry_count=2, result="success"),
        task(10, 5, id="c", requeue_count=1, result="failure"),
    )
    assert found == {"failed": 10, "repeated": 15}


def test_what_is_not_told_is_counted() -> None:
    hours = told(
        task(20, 10, retry_count=2, requeue_count=1),
        task(None, None, id="waits", retry_count=1),
        task(20, 10, id="lost", where={"pool_id": None, "node_id": None}),
        task(20, 10, id="elsewhere", where={"pool_id": "q"}, retry_count=5),
    )
    assert (hours.earlier, hours.nowhere, len(hours.runs)) == (4, 1, 1)
