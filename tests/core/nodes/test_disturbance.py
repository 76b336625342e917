"""What a change to nodes takes away from their pool and from the tasks on them."""

from __future__ import annotations

import pytest

from batchdoctor.core.nodes.disturbance import Disturbance, RunningTasks, disturbance, running_tasks
from batchdoctor.core.records import Node, NodeTask

IDLE = Node("idle", state="Idle", scheduling_state="enabled")
RUNNING = Node("running", state="running", scheduling_state="enabled")
DISABLED = Node("disabled", state="running", scheduling_state="Disabled")
BROKEN = Node("broken", state="unusable", scheduling_state="enabled")
POOL = [IDLE, RUNNING, DISABLED, BROKEN]


@pytest.mark.parametrize(
    ("chosen", "after", "share"),
    [
        (["idle"], 1, 0.5),
        (["idle", "running"], 0, 1.0),
        (["disabled", "broken"], 2, 0.0),
        ([], 2, 0.0),
    ],
)
def test_only_nodes_that_take_tasks_count_as_lost(
    chosen: list[str], after: int, share: float
) -> None:
    effect = disturbance(POOL, chosen)
    assert (effect.schedulable_before, effect.schedulable_after) == (2, after)
    assert effect.lost_share == share


def test_nodes_that_are_not_in_the_pool_are_left_out() -> None:
    assert disturbance(POOL, ["idle", "gone"]).nodes == {"idle": IDLE}


def test_a_pool_without_schedulable_nodes_loses_nothing() -> None:
    assert disturbance([BROKEN], ["broken"]) == Disturbance({"broken": BROKEN}, 0, 0)
    assert disturbance([BROKEN], ["broken"]).lost_share == 0.0


def test_running_tasks_are_named_and_those_the_service_does_not_name_are_counted() -> None:
    tasks = [
        NodeTask("nightly", "a", "Running"),
        NodeTask("nightly", "b", "completed"),
        NodeTask("nightly", None, "running"),
    ]
    node = Node("n", state="running", recent_tasks=tasks, running_tasks_count=3)
    assert running_tasks(node) == RunningTasks(("nightly/a",), 2)


@pytest.mark.parametrize(("count", "unnamed"), [(None, 0), (0, 0), (1, 0), (2, 1)])
def test_tasks_beyond_those_that_are_named_are_counted(count: int | None, unnamed: int) -> None:
    recent = [NodeTask("j", "t", "Running"), NodeTask("j", "u", "completed")]
    node = Node("n", state="running", recent_tasks=recent, running_tasks_count=count)
    assert running_tasks(node) == RunningTasks(("j/t",), unnamed)


def test_a_node_that_says_nothing_of_tasks_runs_none() -> None:
    assert running_tasks(Node("n", state="idle")) == RunningTasks((), 0)
