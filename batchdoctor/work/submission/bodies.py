"""The job and its tasks as the service takes them.

Signatures stand in places where the service has none that are better: in the variables of the job
and in the URL of the program. Command lines have none.

https://learn.microsoft.com/rest/api/batchservice/jobs/create-job
https://learn.microsoft.com/rest/api/batchservice/tasks/create-task
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from batchdoctor.core.log.submitted import PlannedTask, TaskPart
from batchdoctor.errors import InputError
from batchdoctor.events.blobs import SIGNED_URLS_VARIABLE
from batchdoctor.work.submission.plan import SubmitPlan

FILE = "batchdoctor.pyz"
# How the job's metadata says which counting it is.
MARK = "batchdoctor-events"
RETRIES = 3
_LONGEST = "P1D"
_KEPT = "P7D"
# One extraction of the single file serves all tasks of a node.
_ROOT = "SHIV_ROOT=$AZ_BATCH_NODE_SHARED_DIR/batchdoctor"


def job_body(plan: SubmitPlan) -> dict[str, Any]:
    """The job: it ends when a task has failed for good, and its metadata says what it counts."""
    return {
        "id": plan.job_id,
        "displayName": "batchdoctor events submit",
        "poolInfo": {"poolId": plan.wanted.pool_id},
        "usesTaskDependencies": True,
        "onAllTasksComplete": "noaction",
        "onTaskFailure": "performexitoptionsjobaction",
        "constraints": {"maxTaskRetryCount": RETRIES},
        "commonEnvironmentSettings": _variables(plan),
        "metadata": [{"name": MARK, "value": plan.digest}],
    }


def _variables(plan: SubmitPlan) -> list[dict[str, str]]:
    values = {SIGNED_URLS_VARIABLE: plan.access.secrets}
    identity = plan.access.identity
    if identity is not None and identity.client_id:
        # Which of its identities a node signs in as.
        values["AZURE_CLIENT_ID"] = identity.client_id
    return [{"name": name, "value": value} for name, value in values.items() if value]


def task_body(plan: SubmitPlan, task: PlannedTask) -> dict[str, Any]:
    """One task: tried again, never endless, and what it needs to run."""
    body: dict[str, Any] = {
        "id": task.id,
        "commandLine": command_of(plan, task),
        "resourceFiles": [_program(plan)],
        "constraints": {
            "maxTaskRetryCount": RETRIES,
            "maxWallClockTime": _LONGEST,
            "retentionTime": _KEPT,
        },
        "exitConditions": {"default": {"jobAction": "terminate"}},
    }
    if task.after:
        body["dependsOn"] = {"taskIds": list(task.after)}
    return body


def _program(plan: SubmitPlan) -> Mapping[str, Any]:
    program = plan.wanted.program
    url = program.url or plan.out.of(f"{plan.out.prefix}/{program.blob}").signed_url
    found: dict[str, Any] = {"httpUrl": url, "filePath": FILE}
    if program.url is None and not plan.out.signature and plan.access.identity is not None:
        found["identityReference"] = {"resourceId": plan.access.identity.resource_id}
    return found


def command_of(plan: SubmitPlan, task: PlannedTask) -> str:
    """The command line of a task, for a node with Linux; there is no secret in it."""
    line = f"{_ROOT} {shlex.join([plan.wanted.python, FILE, *task.words])}"
    if task.part is TaskPart.FINAL:
        # Logs that could not be read are part of an answer.
        line += f"; status=$?; test $status -eq {InputError.exit_code.value} || exit $status"
    return shlex.join(["/bin/sh", "-c", line])
