"""What a node's counters and recent tasks say of failures on it."""

from __future__ import annotations

import pytest

from batchdoctor.core.names import TaskName
from batchdoctor.core.nodes.reason import FAILS_OFTEN, Reason
from batchdoctor.core.records import FailureInformation, Node, NodeTask, TaskExecution
from batchdoctor.core.suspicion.node_failures import (
    failed_task_of,
    often_failed,
    recent_outcome,
)


def node(name: str, runs: int | None, succeeded: int | None) -> Node:
    return Node(id=name, pool_id="p", total_tasks_run=runs, total_tasks_succeeded=succeeded)


def test_many_failures_beside_few_are_told() -> None:
    sick = node("sick", 22, 3)
    pool = [sick, node("a", 100, 98), node("b", 100, 98)]
    told = "19 of 22 tasks failed on it, and 2 % on the other nodes of the pool"
    assert often_failed(sick, pool) == Reason(FAILS_OFTEN, told)


def test_what_fails_everywhere_is_not_held_against_one_node() -> None:
    assert often_failed(node("n", 22, 3), [node("a", 50, 8), node("b", 40, 5)]) is None


def test_without_other_runs_half_of_the_tasks_must_have_failed() -> None:
    others = [node("a", 0, 0), node("b", None, None)]
    told = "2 of 4 tasks failed on it; no other node of the pool has run any to compare with"
    assert often_failed(node("n", 4, 2), others) == Reason(FAILS_OFTEN, told)
    assert often_failed(node("n", 5, 3), others) is None


@pytest.mark.parametrize(("runs", "succeeded"), [(None, None), (0, 0), (1, 0), (3, 3), (3, 4)])
def test_fewer_than_two_failures_are_nobodys_habit(runs: int | None, succeeded: int | None) -> None:
    assert often_failed(node("n", runs, succeeded), [node("a", 1000, 1000)]) is None


def ended(**execution: object) -> NodeTask:
    return NodeTask("j", "t", "Completed", execution_info=TaskExecution(**execution))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (NodeTask("j", "t", "running", execution_info=TaskExecution(exit_code=1)), "running"),
        (NodeTask("j", "t", "completed"), "completed"),
        (NodeTask("j", "t"), "state unknown"),
        (ended(result="Success", exit_code=0), "succeeded"),
        (ended(exit_code=0), "completed"),
        (ended(exit_code=5), "failed, exit code 5"),
        (ended(failure_info=FailureInformation(code="DiskFull")), "failed, DiskFull"),
        (ended(result="failure"), "failed"),
    ],
)
def test_a_recent_task_says_how_it_ended_where_the_record_tells(task: NodeTask, words: str) -> None:
    assert recent_outcome(task) == words


def test_the_latest_failed_task_is_the_one_to_read() -> None:
    tasks = [NodeTask("j", "a", "running"), ended(exit_code=0), ended(exit_code=1)]
    assert failed_task_of(Node(id="n", recent_tasks=tasks)) == TaskName("j", "t")
    assert failed_task_of(Node(id="n", recent_tasks=tasks[:2])) is None
    assert failed_task_of(Node(id="n")) is None
