"""Jobs and tasks that somebody creates: what is taken, what is refused, what is then there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from azure.batch import BatchClient, models
from azure.core.exceptions import ResourceExistsError

from batchdoctor.sandbox import LAG, Sandbox
from tests.sandbox.wire import VERSION, Clock, Wire

POOL = "render-linux"


def job(job_id: str = "mine", **members: Any) -> models.BatchJobCreateOptions:
    return models.BatchJobCreateOptions(
        id=job_id, pool_info=models.BatchPoolInfo(pool_id=POOL), **members
    )


def task(task_id: str, *after: str) -> models.BatchTaskCreateOptions:
    depends = models.BatchTaskDependencies(task_ids=list(after)) if after else None
    return models.BatchTaskCreateOptions(
        id=task_id, command_line=f"echo {task_id} {{n}}", depends_on=depends
    )


def test_a_job_is_there_as_it_was_sent_with_what_the_service_adds(wire: Wire) -> None:
    answer = wire.post("/jobs", {"id": "mine", "poolInfo": {"poolId": POOL}, "priority": 3})
    url = wire.sandbox.url
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["Location"] == f"{url}/jobs/mine"
    found = wire.get("/jobs/MINE").document
    created = "2026-11-21T06:00:00Z"
    assert found == {
        "odata.metadata": f"{url}/$metadata#jobs/@Element",
        "id": "mine",
        "url": f"{url}/jobs/mine",
        "eTag": answer.headers["ETag"],
        "lastModified": created,
        "creationTime": created,
        "state": "active",
        "stateTransitionTime": created,
        "priority": 3,
        "maxParallelTasks": -1,
        "usesTaskDependencies": False,
        "allowTaskPreemption": False,
        "onAllTasksComplete": "noaction",
        "onTaskFailure": "noaction",
        "poolInfo": {"poolId": POOL},
        "constraints": {
            "maxWallClockTime": "P10675199DT2H48M5.4775807S",
            "maxTaskRetryCount": 0,
        },
        "executionInfo": {"startTime": created, "poolId": POOL},
    }


def test_a_task_keeps_its_texts_as_they_were_sent(client: BatchClient) -> None:
    client.create_job(job())
    sent = models.BatchTaskCreateOptions(
        id="one",
        command_line="echo {n} {task}",
        environment_settings=[models.EnvironmentSetting(name="A", value="{node}")],
        constraints=models.BatchTaskConstraints(max_task_retry_count=2),
    )
    client.create_task("mine", sent)
    found = client.get_task("mine", "one")
    assert (found.state, found.command_line) == ("active", "echo {n} {task}")
    assert found.environment_settings is not None
    assert found.environment_settings[0].value == "{node}"
    assert found.constraints is not None
    assert found.constraints.max_task_retry_count == 2
    assert found.constraints.retention_time == timedelta(days=7)


def test_tasks_come_a_hundred_at_a_time_and_each_is_taken_or_not(client: BatchClient) -> None:
    client.create_job(job())
    client.create_task("mine", task("t-0"))
    result = client.create_tasks("mine", [task(f"t-{number}") for number in range(250)])
    assert result.result_values is not None
    told = {each.task_id: each for each in result.result_values}
    # Microsoft's own client takes a task that is there for a success.
    assert len(told) == 250
    assert len(list(client.list_tasks("mine"))) == 250
    assert {each.status for each in told.values()} <= {"success", "clienterror"}


@pytest.mark.parametrize(
    ("target", "body", "status", "code"),
    [
        ("/jobs", {"id": "mine"}, 400, "MissingRequiredProperty"),
        ("/jobs", {"id": "a b", "poolInfo": {"poolId": POOL}}, 400, "InvalidPropertyValue"),
        ("/jobs", {"id": "../x", "poolInfo": {"poolId": POOL}}, 400, "InvalidPropertyValue"),
        ("/jobs", {"id": "x", "poolInfo": {"autoPoolSpecification": {}}}, 400, None),
        ("/jobs", {"id": "x", "poolInfo": {"poolId": POOL}, "jobManagerTask": {}}, 400, None),
        (
            "/jobs",
            {"id": "x", "poolInfo": {}, "colour": 1},
            400,
            "InvalidRequestBody",
        ),
        ("/jobs/mine/tasks", {"id": "x"}, 400, "MissingRequiredProperty"),
        ("/jobs/mine/tasks", {"id": "..", "commandLine": "x"}, 400, "InvalidPropertyValue"),
        (
            "/jobs/mine/tasks",
            {"id": "x", "commandLine": "x", "dependsOn": {"taskIds": ["a"]}},
            400,
            "InvalidPropertyValue",
        ),
        (
            "/jobs/mine/tasks",
            {"id": "x", "commandLine": "x", "constraints": {"retentionTime": "soon"}},
            400,
            "InvalidPropertyValue",
        ),
        ("/jobs/mine/tasks", {"id": "ONE", "commandLine": "x"}, 409, "TaskExists"),
        ("/jobs/none/tasks", {"id": "x", "commandLine": "x"}, 404, "JobNotFound"),
        ("/jobs/archive-20261114/tasks", {"id": "x", "commandLine": "x"}, 409, "JobCompleted"),
        ("/jobs/mine/addtaskcollection", {"value": []}, 400, "InvalidPropertyValue"),
        ("/jobs/mine/addtaskcollection", {"value": ["x"]}, 400, "InvalidRequestBody"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(
    wire: Wire, target: str, body: object, status: int, code: str | None
) -> None:
    wire.post("/jobs", {"id": "mine", "poolInfo": {"poolId": POOL}})
    wire.post("/jobs/mine/tasks", {"id": "one", "commandLine": "x"})
    before = len(wire.sandbox.store.jobs), len(wire.sandbox.store.job("mine").tasks)
    answer = wire.post(target, body)
    assert (answer.status, answer.document["code"]) == (status, code or "InvalidPropertyValue")
    assert (len(wire.sandbox.store.jobs), len(wire.sandbox.store.job("mine").tasks)) == before


def test_a_job_that_is_there_is_not_created_again(client: BatchClient) -> None:
    client.create_job(job())
    with pytest.raises(ResourceExistsError) as caught:
        client.create_job(job("MINE"))
    assert caught.value.error is not None
    assert caught.value.error.code == "JobExists"


def test_a_job_that_is_to_end_with_its_tasks_ends_at_once_without_any(
    client: BatchClient, clock: Clock
) -> None:
    client.create_job(job(all_tasks_complete_mode="terminatejob"))
    clock.forward(minutes=1)
    found = client.get_job("mine")
    assert found.execution_info is not None
    assert (found.state, found.execution_info["terminateReason"]) == (
        "completed",
        "AllTasksComplete",
    )


def test_a_job_is_changed(wire: Wire) -> None:
    wire.post("/jobs", {"id": "mine", "poolInfo": {"poolId": POOL}})
    target = f"/jobs/mine?{VERSION}"
    answer = wire.send("PATCH", target, {"priority": 9, "onAllTasksComplete": "noaction"})
    assert (answer.status, answer.body) == (200, b"")
    assert wire.get("/jobs/mine", "$select=priority").document["priority"] == 9
    wrong = wire.send("PATCH", target, {"onAllTasksComplete": "dance"})
    assert (wrong.status, wrong.document["code"]) == (400, "InvalidPropertyValue")


def test_without_processes_tasks_of_a_living_account_are_said_to_run_in_their_order(
    start: Callable[..., Sandbox], connect: Callable[[Sandbox], BatchClient], clock: Clock
) -> None:
    client = connect(start("healthy", now=clock, lag=LAG))
    client.create_job(job(uses_task_dependencies=True))
    client.create_tasks("mine", [task("last", "first"), task("first")])
    clock.forward(seconds=30)
    assert {each.id: each.state for each in client.list_tasks("mine")} == {
        "last": "active",
        "first": "running",
    }
    clock.forward(minutes=30)
    assert {each.state for each in client.list_tasks("mine")} == {"completed"}


def test_a_task_of_an_unknown_pool_waits(client: BatchClient) -> None:
    unknown = models.BatchJobCreateOptions(
        id="mine", pool_info=models.BatchPoolInfo(pool_id="not-yet")
    )
    client.create_job(unknown)
    client.create_task("mine", task("one"))
    assert client.get_task("mine", "one").state == "active"


def test_more_than_a_hundred_tasks_at_once_are_refused(wire: Wire) -> None:
    wire.post("/jobs", {"id": "mine", "poolInfo": {"poolId": POOL}})
    tasks = [{"id": f"t{number}", "commandLine": "x"} for number in range(101)]
    answer = wire.post("/jobs/mine/addtaskcollection", {"value": tasks})
    assert (answer.status, answer.document["code"]) == (400, "InvalidPropertyValue")
