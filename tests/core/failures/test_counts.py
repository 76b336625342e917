"""Failures counted by what they have in common, and the order in which the counts are told."""

from __future__ import annotations

from itertools import permutations

from batchdoctor.core.failures.counts import FailureCounts, largest_first
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.records import NodeReference, Task, TaskExecution


def test_the_largest_comes_first_and_equal_ones_come_by_name() -> None:
    for order in permutations([("c", 2), ("a", 2), ("b", 7), ("d", 1)]):
        assert list(largest_first(dict(order)).items()) == [("b", 7), ("a", 2), ("c", 2), ("d", 1)]


def failed(task_id: str, node: str | None, exit_code: int | None) -> Task:
    return Task(
        id=task_id,
        job_id="j",
        execution_info=TaskExecution(exit_code=exit_code, result="failure"),
        node_info=NodeReference(pool_id="p", node_id=node) if node else None,
    )


def test_what_a_failure_does_not_tell_is_not_counted() -> None:
    counts = FailureCounts()
    for task in (failed("a", "n", 1), failed("b", "n", 0), failed("c", None, None)):
        counts.add(failure_of(task))
    assert counts == FailureCounts(
        tasks=3,
        by_category={"application": 1, "fileUpload": 1, "unknown": 1},
        by_code={},
        by_exit_code={"1": 1, "0": 1},
        by_node={"p/n": 2},
        by_job={"j": 3},
    )
