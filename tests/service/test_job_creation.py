"""A job is made once with each of its tasks, whatever becomes of the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from batchdoctor.errors import RefusedError, StateError, UncertainError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service.actions import Effect
from batchdoctor.service.client import Client
from batchdoctor.service.job_creation import create_job, create_tasks, end_with_its_tasks
from batchdoctor.service.transport import Answer, Request

ROUTES = ("POST /jobs", "POST /jobs/{id}/addtaskcollection", "PATCH /jobs/{id}")
# What can come between an act of the service and its answer, or before the act.
KINDS = (
    FaultKind.LOST_ANSWER,
    FaultKind.RESET,
    FaultKind.BUSY,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.CAPTIVE_PORTAL,
    FaultKind.RESET_IN_HEADERS,
)


def job(mark: str = "one", job_id: str = "mine") -> dict[str, Any]:
    return {
        "id": job_id,
        "poolInfo": {"poolId": "render-linux"},
        "usesTaskDependencies": True,
        "metadata": [{"name": "batchdoctor-events", "value": mark}],
    }


def tasks(count: int) -> list[dict[str, str]]:
    return [{"id": f"map-{number}", "commandLine": "true"} for number in range(count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ROUTES)
def test_trouble_on_the_wire_makes_nothing_twice(
    box: Sandbox, client: Client, route: str, kind: FaultKind
) -> None:
    box.add_fault(Fault(kind, route, hold=0.02))
    assert create_job(client, job()).outcome is Effect.CHANGED
    assert create_tasks(client, "mine", tasks(230)) == 0
    assert end_with_its_tasks(client, "mine").outcome is Effect.CHANGED
    made = box.store.job("mine")
    assert [task.id for task in made.tasks] == [task["id"] for task in tasks(230)]
    assert made.shape["onAllTasksComplete"] == "terminatejob"
    assert box.unfired_faults() == []


def test_the_same_again_finds_all_of_it_there(box: Sandbox, client: Client) -> None:
    create_job(client, job())
    create_tasks(client, "mine", tasks(3))
    assert create_job(client, job()).outcome is Effect.ALREADY
    assert create_tasks(client, "mine", tasks(5)) == 3
    assert len(box.store.job("mine").tasks) == 5


@pytest.mark.parametrize("mark", ["another", None])
def test_a_job_of_somebody_else_under_that_name_is_left_alone(
    box: Sandbox, client: Client, mark: str | None
) -> None:
    other = job(mark) if mark else {"id": "mine", "poolInfo": {"poolId": "render-linux"}}
    create_job(client, other | {"metadata": other.get("metadata", [])})
    with pytest.raises(StateError) as caught:
        create_job(client, job())
    assert caught.value.code == "JobExists"
    assert box.store.job("mine").tasks == []


def test_a_task_that_the_service_does_not_take_is_named(box: Sandbox, client: Client) -> None:
    create_job(client, job())
    box.store.job("mine").state = "completed"
    with pytest.raises(RefusedError, match="task map-0 of job mine: JobCompleted"):
        create_tasks(client, "mine", tasks(1))


def test_an_answer_lost_for_good_is_told_as_not_known(box: Sandbox, client: Client) -> None:
    box.add_fault(Fault(FaultKind.LOST_ANSWER, "POST /jobs", times=1))
    box.add_fault(Fault(FaultKind.RESET, "GET /jobs/{id}", times=None))
    box.add_fault(Fault(FaultKind.RESET, "POST /jobs", times=None))
    with pytest.raises(UncertainError, match="may have been carried out"):
        create_job(client, job())


def test_a_job_that_ended_meanwhile_need_not_be_told_to_end(box: Sandbox, client: Client) -> None:
    create_job(client, job())
    box.store.job("mine").state = "completed"
    assert end_with_its_tasks(client, "mine").outcome is Effect.ALREADY


def test_a_task_that_the_service_had_trouble_with_is_sent_again_alone(
    box: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_job(client, job())
    exchange = client.transport.exchange
    bodies: list[Any] = []

    def troubled(request: Request, limit: float) -> Answer:
        bodies.append(request.body)
        if len(bodies) > 1:
            return exchange(request, limit)
        left = [task for task in bodies[0]["value"] if task["id"] != "map-1"]
        answer = exchange(replace(request, body={"value": left}), limit)
        told = json.loads(answer.body)
        told["value"].append(
            {"taskId": "map-1", "status": "servererror", "error": {"code": "ServerBusy"}}
        )
        return replace(answer, body=json.dumps(told).encode())

    monkeypatch.setattr(client.transport, "exchange", troubled)
    assert create_tasks(client, "mine", tasks(3)) == 0
    assert [task["id"] for task in bodies[1]["value"]] == ["map-1"]
    assert sorted(task.id for task in box.store.job("mine").tasks) == ["map-0", "map-1", "map-2"]
