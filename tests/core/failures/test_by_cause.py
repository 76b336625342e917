"""The failures of a job by cause and node."""

from __future__ import annotations

from batchdoctor.core.failures.by_cause import JobFailures, NodeKey
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.records import (
    FailureInformation,
    NameValue,
    NodeReference,
    Task,
    TaskExecution,
)


def add(failures: JobFailures, task_id: str, node_id: str, exit_code: int) -> None:
    execution = TaskExecution(
        exit_code=exit_code,
        result="failure",
        failure_info=FailureInformation(category="UserError", code="FailureExitCode"),
    )
    where = NodeReference(pool_id="p", node_id=node_id)
    failures.add(
        failure_of(Task(id=task_id, job_id="j", execution_info=execution, node_info=where))
    )


def test_failures_are_told_by_cause_with_examples_and_nodes() -> None:
    failures = JobFailures("j")
    for number in range(5):
        add(failures, f"t{number}", f"n{number % 2}", 1)
    add(failures, "other", "n0", 2)
    (first, most), (second, _) = failures.by_cause().items()
    assert (first.exit_code, second.exit_code) == (1, 2)
    assert (most.count, most.examples) == (5, ["t0", "t2", "t4"])
    assert most.nodes == {NodeKey("p", "n0"), NodeKey("p", "n1")}
    assert (failures.total, failures.recent) == (6, 6)


def test_the_most_frequent_cause_comes_first_whenever_it_was_met() -> None:
    failures = JobFailures("j")
    for task_id, exit_code in (("a", 1), ("b", 2), ("c", 2)):
        add(failures, task_id, "n", exit_code)
    assert [(cause.code, cause.exit_code) for cause in failures.by_cause()] == [
        ("FailureExitCode", 2),
        ("FailureExitCode", 1),
    ]


def test_failures_on_some_nodes_can_be_left_out() -> None:
    failures = JobFailures("j")
    add(failures, "a", "sick", 1)
    add(failures, "b", "well", 1)
    (count,) = failures.by_cause(without={NodeKey("p", "sick")}).values()
    assert (count.count, count.examples) == (1, ["b"])
    assert failures.by_cause()  # what was asked before changes nothing
    assert sum(count.count for count in failures.by_cause().values()) == 2


def test_ids_are_kept_only_where_others_may_depend_on_them() -> None:
    without, kept = JobFailures("j"), JobFailures("j", failed_ids=set())
    for failures in (without, kept):
        add(failures, "a", "n", 1)
    assert (without.failed_ids, kept.failed_ids) == (None, {"a"})


def test_one_code_with_two_causes_in_its_details_is_two_causes() -> None:
    failures = JobFailures("j")
    for number, message in enumerate(
        ("Read timed out.", "Read timed out.", "no such option: --gpu")
    ):
        execution = TaskExecution(
            result="failure",
            failure_info=FailureInformation(
                category="UserError",
                code="ContainerInvalidSettings",
                details=[NameValue(name="Message", value=message)],
            ),
        )
        failures.add(failure_of(Task(id=f"t{number}", job_id="j", execution_info=execution)))
    told = {cause.telling: count for cause, count in failures.by_cause().items()}
    assert {name: count.count for name, count in told.items()} == {"told-timed-out": 2, None: 1}
    assert told[None].details == {"no such option: --gpu"}
