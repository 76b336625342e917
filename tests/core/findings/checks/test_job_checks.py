"""Checks of jobs and of tasks that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.account import job_findings
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts, Rival
from batchdoctor.core.findings.checks.job import (
    disabled,
    ended,
    ended_by_request,
    not_started,
    preparation,
)
from batchdoctor.core.findings.checks.running import retried
from batchdoctor.core.findings.checks.waiting import (
    dependencies,
    disagreement,
    priority,
    slots,
    unexplained,
)
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import (
    Job,
    Pool,
    PoolNodeCounts,
    PreparationStatus,
    Task,
    TaskCounts,
)
from tests.steps import words

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def facts(counts: Any = None, waiting: Any = None, **job: Any) -> JobFacts:
    told = {"id": "j", "state": "active", "stateTransitionTime": ago(hours=3)} | job
    return JobFacts(
        job=msgspec.convert(told, Job),
        at=NOW,
        pool_id="p",
        counts=TaskCounts(**counts) if counts else None,
        waiting=msgspec.convert(waiting, list[Task]) if waiting is not None else None,
    )


def only(found: Any) -> Finding:
    (finding,) = found
    assert isinstance(finding, Finding)
    return finding


def test_a_disabled_job_is_told_with_what_waits() -> None:
    found = only(disabled(facts({"active": 2}, state="Disabled")))
    assert found.message == "Is Disabled for 3 h; 2 tasks wait."
    assert not list(disabled(facts({"active": 2})))


def test_a_job_that_could_not_start_says_why() -> None:
    error = {
        "category": "UserError",
        "code": "AutoPoolCreationFailedWithQuotaReached",
        "message": "No room",
        "details": [{"name": "Quota", "value": "20"}],
    }
    found = only(not_started(facts(executionInfo={"schedulingError": error})))
    assert found.message == "Could not be started: AutoPoolCreationFailedWithQuotaReached."
    assert found.evidence[1:] == ("Batch says: No room", "Quota: 20")


def test_an_active_job_without_its_pool_is_an_error() -> None:
    homeless = facts({"active": 1})
    homeless.pool_exists = False
    assert (
        only(not_started(homeless)).message == "Its pool p does not exist, and the job is active."
    )
    homeless.job = msgspec.structs.replace(homeless.job, state="completed")
    assert not list(not_started(homeless))


def prepared(node: str, result: str, exit_code: int) -> dict[str, Any]:
    run = {
        "result": result,
        "exitCode": exit_code,
        "endTime": ago(minutes=12),
        "taskRootDirectory": "workitems\\j\\job-1\\prep",
    }
    return {"poolId": "p", "nodeId": node, "jobPreparationTaskExecutionInfo": run}


def test_of_a_fragment_of_the_preparations_nobody_knows_how_many_there_are() -> None:
    job = facts({"active": 3})
    job.preparations = msgspec.convert([prepared("n1", "Failure", 32)], list[PreparationStatus])
    job.preparations_partial = True
    assert only(preparation(job)).message == (
        "Its preparation task failed on 1 node or more: exit code 32. 3 tasks wait."
    )


def test_a_failing_preparation_task_is_told_with_the_tasks_it_sent_back() -> None:
    waiting = [{"id": "a", "state": "active", "previousState": "Preparing"}]
    job = facts({"active": 3}, waiting)
    statuses = [prepared("n1", "Failure", 32), prepared("n2", "success", 0)]
    job.preparations = msgspec.convert(statuses, list[PreparationStatus])
    found = only(preparation(job))
    assert found.message == (
        "Its preparation task failed on 1 node of 2: exit code 32. 3 tasks wait."
    )
    assert found.evidence[-1] == "1 task went back from preparing to waiting."
    assert words(found.advice)[0] == (
        "batchdoctor files get workitems/j/job-1/prep/stderr.txt --pool p --node n1"
    )


@pytest.mark.parametrize(
    ("message", "steps"),
    [
        (
            "Cannot connect to the Docker daemon",
            (
                "If more fails on the node like this: batchdoctor node reboot n1 --pool p",
                "batchdoctor node show n1 --pool p",
                "The service prepares a node again with the next task that it sends there.",
            ),
        ),
        (
            "manifest unknown",
            (
                "Check the name and tag, and whether the registry still has it.",
                "Correct the preparation task and submit the job again: it cannot be changed in"
                " place.",
            ),
        ),
    ],
)
def test_a_preparation_is_corrected_only_where_trouble_does_not_pass_by_itself(
    message: str, steps: tuple[str, ...]
) -> None:
    details = [{"name": "Message", "value": message}]
    failure = {"code": "ContainerMiscError", "details": details}
    run = {"result": "failure", "endTime": ago(minutes=9), "failureInfo": failure}
    status = {"poolId": "p", "nodeId": "n1", "jobPreparationTaskExecutionInfo": run}
    job = facts({"active": 3})
    job.preparations = msgspec.convert([status], list[PreparationStatus])
    assert words(only(preparation(job)).advice) == steps


def ended_of(reason: str) -> JobFacts:
    execution = {"terminateReason": reason, "endTime": ago(hours=1)}
    return facts(
        {"succeeded": 5, "failed": 1},
        None,
        state="completed",
        executionInfo=execution,
        constraints={"maxWallClockTime": "PT2H"},
    )


def test_ends_are_told_apart_by_their_reason() -> None:
    limit = only(ended(ended_of("maxwallclocktimeexpiry")))
    assert (limit.kind, limit.message) == (
        "job-ended-by-limit",
        "Was ended 1 h ago by its time limit of PT2H.",
    )
    failure = only(ended(ended_of("TaskFailed")))
    assert failure.kind == "job-ended-by-failure"
    assert failure.evidence == ("5 tasks succeeded, 1 failed.",)
    request = only(ended_by_request(ended_of("Maintenance")))
    assert request.message == "Was ended 1 h ago: Maintenance."
    for fine in ("AllTasksComplete", "JMComplete"):
        assert not [*ended(ended_of(fine)), *ended_by_request(ended_of(fine))]


def with_pool(job: JobFacts, slots_each: int = 4, **counts: int) -> JobFacts:
    told = msgspec.convert({"poolId": "p", "dedicated": counts}, PoolNodeCounts)
    pool = Pool(id="p", task_slots_per_node=slots_each)
    job.pool = PoolFacts(pool=pool, at=NOW, counts=told)
    return job


def test_tasks_that_need_more_slots_than_a_node_has_never_start() -> None:
    waiting = [{"id": "big", "requiredSlots": 8}, {"id": "small", "requiredSlots": 4}, {"id": "x"}]
    found = only(slots(with_pool(facts({"active": 3}, waiting))))
    assert found.subject.task_ids == ("big",)
    assert found.message == (
        "1 task needs up to 8 slots, and a node of the pool has 4: they never start."
    )
    assert not list(slots(facts({"active": 3}, waiting)))


def test_tasks_that_depend_on_failed_or_missing_ones_are_named() -> None:
    waiting = [
        {"id": "publish", "dependsOn": {"taskIds": ["a", "b"]}},
        {"id": "archive", "dependsOn": {"taskIds": ["c"]}},
        {"id": "later", "dependsOn": {"taskIds": ["d"]}},
    ]
    job = facts({"active": 3}, waiting)
    failed = {"id": "b", "state": "completed", "executionInfo": {"result": "failure"}}
    done = {"id": "d", "state": "completed", "executionInfo": {"result": "success"}}
    job.dependencies = {
        "b": msgspec.convert(failed, Task),
        "c": None,
        "d": msgspec.convert(done, Task),
    }
    found = only(dependencies(job))
    assert found.subject.task_ids == ("publish", "archive")
    assert found.evidence == ("Failed: b.", "Not there at all: c.")
    assert words(found.advice)[0].endswith("batchdoctor tasks reactivate j/b")


def test_jobs_of_higher_priority_go_first() -> None:
    job = facts({"active": 1}, priority=10)
    job.rivals = [
        Rival(job_id="low", priority=5, waiting=9),
        Rival(job_id="high", priority=100, waiting=40),
    ]
    found = only(priority(job))
    assert found.message == ("40 tasks of 1 job of higher priority go first; this job has 10.")
    assert found.evidence == ("Before it: high (priority 100).",)


def test_waiting_is_told_apart_by_what_the_nodes_do() -> None:
    idle = only(unexplained(with_pool(facts({"active": 2}), idle=1)))
    assert idle.message == "2 tasks wait, and 1 node is idle: no task of it runs."
    busy = only(unexplained(with_pool(facts({"active": 2}), running=3)))
    assert busy.message == "2 tasks wait, and all 3 usable nodes are busy with other jobs."
    assert not list(unexplained(with_pool(facts({"active": 2, "running": 1}), idle=1)))
    assert not list(unexplained(with_pool(facts({"active": 2}), unusable=1)))
    ended = with_pool(facts({"active": 2}, state="completed"), idle=1)
    assert not list(unexplained(ended))


def test_a_task_that_is_retried_without_end_is_told_before_it_counts_as_failed() -> None:
    task = {
        "id": "t",
        "state": "active",
        "executionInfo": {"retryCount": 48},
        "constraints": {"maxTaskRetryCount": -1},
    }
    found = only(retried(facts(waiting=[task])))
    assert (found.kind, found.message) == (
        "task-run-again",
        "1 task (t) failed and was tried again up to 48 times; each time it begins anew, and its"
        " retries have no limit.",
    )
    assert words(found.advice)[0] == "batchdoctor files tail stderr --job j --task t"
    few = {**task, "executionInfo": {"retryCount": 2}}
    assert not list(retried(facts(waiting=[few])))


def test_counts_that_differ_from_the_list_are_told() -> None:
    job = facts({"active": 2, "failed": 3})
    job.listed = TaskCounts(active=2, failed=5)
    assert only(disagreement(job)).message.endswith("differ: failed 3 against 5.")
    job.listed = TaskCounts(active=2, failed=3)
    assert not list(disagreement(job))


def test_a_job_whose_waiting_is_explained_has_no_riddle_left() -> None:
    job = with_pool(facts({"active": 2}, [], state="active"), idle=1)
    assert [found.kind for found in job_findings(job)] == ["tasks-waiting"]
    job.dependencies = {"x": None}
    job.waiting = msgspec.convert([{"id": "a", "dependsOn": {"taskIds": ["x"]}}], list[Task])
    assert [found.kind for found in job_findings(job)] == ["dependency-never-met"]
