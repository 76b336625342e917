"""Creating jobs and tasks, one by one or up to a hundred at once, and changing a job."""

from __future__ import annotations

from typing import Any

from batchdoctor.sandbox.account.created import change_job, create_job, create_task
from batchdoctor.sandbox.account.model import Job, Task
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.api.task_shape import task_url
from batchdoctor.sandbox.clock import entity_tag, wire_time
from batchdoctor.sandbox.protocol.bodies import Member, checked, read_body
from batchdoctor.sandbox.protocol.conditions import check_conditions
from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_property
from batchdoctor.sandbox.wire.messages import Reply, json_reply

_OK, _CREATED = 200, 201
_MOST_AT_ONCE = 100
_TEXT, _NUMBER, _FLAG, _LIST, _OBJECT = map(Member, (str, int, bool, list, dict))
_CHANGEABLE = {
    "priority": _NUMBER,
    "maxParallelTasks": _NUMBER,
    "allowTaskPreemption": _FLAG,
    "onAllTasksComplete": Member(str, values=("noaction", "terminatejob")),
    "constraints": _OBJECT,
    "metadata": _LIST,
}
_JOB = {
    "id": Member(str, required=True),
    "poolInfo": Member(dict, required=True),
    "displayName": _TEXT,
    "usesTaskDependencies": _FLAG,
    "commonEnvironmentSettings": _LIST,
    "onTaskFailure": Member(str, values=("noaction", "performexitoptionsjobaction")),
    **_CHANGEABLE,
}
_TASK = {
    "id": Member(str, required=True),
    "commandLine": Member(str, required=True),
    "displayName": _TEXT,
    "exitConditions": _OBJECT,
    "resourceFiles": _LIST,
    "outputFiles": _LIST,
    "environmentSettings": _LIST,
    "affinityInfo": _OBJECT,
    "constraints": _OBJECT,
    "requiredSlots": _NUMBER,
    "userIdentity": _OBJECT,
    "dependsOn": _OBJECT,
}
# What the service has and the sandbox has not: it says so instead of leaving it out unseen.
_NOT_HERE = {
    "jobManagerTask": _OBJECT,
    "jobPreparationTask": _OBJECT,
    "jobReleaseTask": _OBJECT,
    "networkConfiguration": _OBJECT,
    "containerSettings": _OBJECT,
    "multiInstanceSettings": _OBJECT,
    "applicationPackageReferences": _LIST,
    "authenticationTokenSettings": _OBJECT,
}


def post_job(call: Call) -> Reply:
    """POST /jobs."""
    job = create_job(call.store, _supported(read_body(call.request, _JOB | _NOT_HERE)))
    return _created(call, _job_url(call, job), job.modified)


def patch_job(call: Call) -> Reply:
    """PATCH /jobs/{job}."""
    job = call.store.job(call.names["job"])
    check_conditions(call.request, job.modified)
    change_job(call.store, job, read_body(call.request, _CHANGEABLE))
    return call.done(_OK, job.modified)


def post_task(call: Call) -> Reply:
    """POST /jobs/{job}/tasks."""
    job = call.store.job(call.names["job"])
    task = create_task(call.store, job, _supported(read_body(call.request, _TASK | _NOT_HERE)))
    return _created(call, task_url(task, call.store.url), task.modified)


def post_tasks(call: Call) -> Reply:
    """POST /jobs/{job}/addtaskcollection: each task is taken or refused by itself."""
    job = call.store.job(call.names["job"])
    values = read_body(call.request, {"value": Member(list, required=True)})["value"]
    if not 1 <= len(values) <= _MOST_AT_ONCE:
        raise bad_property("value", len(values), "The list has between 1 and 100 tasks.")
    tasks = [_supported(checked(value, _TASK | _NOT_HERE)) for value in values]
    metadata = f"{call.store.url}/$metadata#taskaddresult"
    results = [_result(call, job, task) for task in tasks]
    return json_reply({"odata.metadata": metadata, "value": results})


def _result(call: Call, job: Job, sent: dict[str, Any]) -> dict[str, Any]:
    try:
        task: Task = create_task(call.store, job, sent)
    except ServiceError as refusal:
        message = {"lang": "en-US", "value": refusal.sentence}
        error = {"code": refusal.code, "message": message}
        return {"status": "clienterror", "taskId": sent["id"], "error": error}
    return {
        "status": "success",
        "taskId": task.id,
        "eTag": entity_tag(task.modified),
        "lastModified": wire_time(task.modified),
        "location": task_url(task, call.store.url),
    }


def _supported(body: dict[str, Any]) -> dict[str, Any]:
    for name, value in body.items():
        if name in _NOT_HERE and value is not None:
            raise bad_property(name, "", "The sandbox does not have this.")
    return {name: value for name, value in body.items() if value is not None}


def _job_url(call: Call, job: Job) -> str:
    return f"{call.store.url}/jobs/{job.id}"


def _created(call: Call, url: str, modified: int) -> Reply:
    done = call.done(_CREATED, modified)
    return Reply(_CREATED, headers={**done.headers, "DataServiceId": url, "Location": url})
