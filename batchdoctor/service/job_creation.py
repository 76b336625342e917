"""Making a job with tasks, each once, however often an answer is lost.

https://learn.microsoft.com/rest/api/batchservice/jobs/create-job
https://learn.microsoft.com/rest/api/batchservice/tasks/create-task-collection
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from batchdoctor.core.records.base import NameValue, Record
from batchdoctor.errors import BatchdoctorError, RefusedError
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault, fault_of_body
from batchdoctor.service.once import ActionResult, carry_out, has_code, read_once
from batchdoctor.service.paging import decode
from batchdoctor.service.query import parameters, path
from batchdoctor.service.transport import Request

MOST_TASKS_AT_ONCE = 100
_CREATED = frozenset({201})
_CHANGED = frozenset({200})
_METADATA = "id,metadata"
Body = Mapping[str, Any]


class _Marked(Record, frozen=True):
    """A job and its metadata."""

    id: str
    metadata: list[NameValue] | None = None


class _TaskError(Record, frozen=True):
    code: str | None = None


class _TaskResult(Record, frozen=True):
    """What became of one task of a collection."""

    task_id: str | None = None
    status: str | None = None
    error: _TaskError | None = None


class _TaskResults(Record, frozen=True):
    value: list[_TaskResult]


def create_job(client: Client, body: Body) -> ActionResult:
    """Make a job, whose id and metadata are in its body; one that is there with both is a success.

    Raises StateError for a job of this id that is another one.
    """
    job_id = str(body["id"])

    def is_ours(refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
        return has_code(refusal, "JobExists") and _has_metadata(client, job_id, body)

    request = Request("POST", path("jobs"), parameters(), body=body)
    return carry_out(client, request, f"make job {job_id}", is_ours, accepted=_CREATED)


def _has_metadata(client: Client, job_id: str, body: Body) -> bool:
    wanted = {(each["name"], each["value"]) for each in body["metadata"]}

    def attempt(limit: float) -> _Marked:
        return read_once(client, _Marked, path("jobs", job_id), _METADATA, limit)

    found = client.retry.run(f"read job {job_id}", attempt)
    return wanted <= {(each.name, each.value) for each in found.metadata or ()}


def create_tasks(client: Client, job_id: str, tasks: Sequence[Body]) -> int:
    """Put tasks into a job, a hundred at a time; how many of them were there already.

    Those that are there count as made: whoever chose the job's id chose those of its tasks. Raises
    RefusedError for one that the service does not take.
    """
    already = 0
    for start in range(0, len(tasks), MOST_TASKS_AT_ONCE):
        already += _create(client, job_id, tasks[start : start + MOST_TASKS_AT_ONCE])
    return already


def _create(client: Client, job_id: str, tasks: Sequence[Body]) -> int:
    """Send tasks until each is there; what an attempt got through is not sent again."""
    left = {str(task["id"]): task for task in tasks}
    sent_before: set[str] = set()
    already = 0
    decoder = msgspec.json.Decoder(_TaskResults)

    def attempt(limit: float) -> None:
        nonlocal already
        body = {"value": list(left.values())}
        names = set(left)
        request = Request(
            "POST", path("jobs", job_id, "addtaskcollection"), parameters(), body=body
        )
        try:
            answer = client.transport.exchange(request, limit)
            results = decode(decoder, answer.body).value
            if names - {each.task_id for each in results}:
                raise fault_of_body(answer.body, "it does not tell of every task")
        except Fault:
            sent_before.update(names)
            raise
        for each in results:
            there = each.error is not None and (each.error.code or "").lower() == "taskexists"
            if there and each.task_id not in sent_before:
                already += 1
            if there or (each.status or "").lower() == "success":
                left.pop(each.task_id or "", None)
        _refuse(job_id, results, left)

    client.retry.run(f"make {len(tasks)} tasks in job {job_id}", attempt)
    return already


def _refuse(job_id: str, results: Sequence[_TaskResult], left: Mapping[str, Body]) -> None:
    """Raise for tasks that were not taken: a Fault where the same may succeed later."""
    for each in results:
        if each.task_id not in left:
            continue
        code = each.error.code if each.error else None
        if (each.status or "").lower() != "servererror":
            raise RefusedError(
                f"The service does not take task {each.task_id} of job {job_id}: {code}.", code=code
            )
        raise Fault(f"it did not take task {each.task_id}: {code}", passing=True, code=code)


def end_with_its_tasks(client: Client, job_id: str) -> ActionResult:
    """Have a job end when all its tasks have ended; asked for once they are all in it."""
    change = {"onAllTasksComplete": "terminatejob"}
    request = Request("PATCH", path("jobs", job_id), parameters(), body=change)

    def has_ended(refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
        return has_code(refusal, "JobCompleted") or has_code(refusal, "JobBeingTerminated")

    return carry_out(
        client, request, f"have job {job_id} end with its tasks", has_ended, accepted=_CHANGED
    )
