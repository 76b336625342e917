"""Strangers talk to the sandbox: curl, with a signature made outside, and Microsoft's client."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest
from azure.batch import BatchClient, models
from azure.core.exceptions import HttpResponseError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Wire

curl = shutil.which("curl")
with_curl = pytest.mark.skipif(curl is None, reason="curl is not installed")


def run(sandbox: Sandbox, target: str, *options: str, method: str = "GET") -> str:
    date = formatdate(usegmt=True)
    headers = {"ocp-date": date}
    if method != "GET":
        headers |= {"Content-Length": "0"}
    headers["Authorization"] = Wire(sandbox).sign(method, target, headers)
    arguments = [part for n, v in headers.items() for part in ("-H", f"{n}: {v}")]
    command = [
        curl or "curl",
        "-sS",
        "-q",
        "-X",
        method,
        *arguments,
        *options,
        sandbox.url + target,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stderr == ""
    return done.stdout


@with_curl
def test_curl_reads_a_list(sandbox: Sandbox) -> None:
    document = json.loads(run(sandbox, f"/jobs?{VERSION}"))
    assert len(document["value"]) == 10


@with_curl
def test_curl_sees_the_status_and_headers_of_a_change(sandbox: Sandbox) -> None:
    target = f"/jobs/ingest-20261121/tasks/feed-031/reactivate?{VERSION}"
    head = run(sandbox, target, "-i", method="POST").splitlines()
    assert head[0] == "HTTP/1.1 204 No Content"
    assert "DataServiceVersion: 3.0" in head


@with_curl
def test_curl_resumes_a_download(sandbox: Sandbox) -> None:
    target = f"/jobs/render-20261120/tasks/frame-0001/files/wd/render.log?{VERSION}"
    whole = run(sandbox, target)
    date = formatdate(usegmt=True)
    headers = {"ocp-date": date, "ocp-range": "bytes=399980-"}
    headers["Authorization"] = Wire(sandbox).sign("GET", target, headers)
    arguments = [part for n, v in headers.items() for part in ("-H", f"{n}: {v}")]
    command = [curl or "curl", "-sS", "-q", *arguments, sandbox.url + target]
    rest = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    assert rest == whole[399_980:]
    assert rest == "00019999 tile 17 ok\n"


@dataclass(frozen=True)
class There:
    """What is in the account, by name."""

    client: BatchClient
    pool: str = "render-linux"
    node: str = ""
    job: str = "render-20261120"
    task: str = "frame-0001"
    running_job: str = "render-20261121"


Call = Callable[[There], Any]


def whole(parts: Any) -> bytes:
    return b"".join(parts)


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


def of_node(there: There) -> tuple[str, str]:
    return there.pool, there.node


def of_task(there: There) -> tuple[str, str]:
    return there.job, there.task


def execution(task: models.BatchTask) -> models.BatchTaskExecutionInfo:
    assert task.execution_info is not None
    return task.execution_info


# What is called, and what of its answer is compared; in groups of the noun that it is about.
CALLS: dict[str, tuple[Call, Any]] = {
    "pools": (lambda t: len(ids(t.client.list_pools())), 5),
    "pools, filtered": (
        lambda t: ids(t.client.list_pools(filter=f"id eq '{t.pool}'")),
        ["render-linux"],
    ),
    "pools, selected": (
        lambda t: next(iter(t.client.list_pools(select=["id"]))).vm_size,
        None,
    ),
    "pools, a few a page": (lambda t: len(ids(t.client.list_pools(max_results=2))), 5),
    "pool": (lambda t: t.client.get_pool(t.pool).vm_size, "standard_d8s_v5"),
    "pool, there": (lambda t: t.client.pool_exists(t.pool), True),
    "node counts": (lambda t: len(list(t.client.list_pool_node_counts())), 5),
    "images": (lambda t: len(list(t.client.list_supported_images())), 6),
    "nodes": (lambda t: t.node in ids(t.client.list_nodes(t.pool)), True),
    "nodes, filtered": (
        lambda t: t.node in ids(t.client.list_nodes(t.pool, filter="state eq 'idle'")),
        True,
    ),
    "node": (lambda t: t.client.get_node(*of_node(t)).state, models.BatchNodeState.IDLE),
    "node login": (
        lambda t: t.client.get_node_remote_login_settings(*of_node(t)).remote_login_port > 0,
        True,
    ),
    "node files": (
        lambda t: "startup" in [f.name for f in t.client.list_node_files(*of_node(t))],
        True,
    ),
    "node file": (
        lambda t: (
            len(whole(t.client.download_node_file(*of_node(t), "startup/stdout.txt")))
            == t.client.get_node_file_properties(*of_node(t), "startup/stdout.txt").content_length
        ),
        True,
    ),
    "node, scheduling": (
        lambda t: [
            t.client.disable_node_scheduling(
                *of_node(t),
                models.BatchNodeDisableSchedulingOptions(node_disable_scheduling_option="requeue"),
            ),
            t.client.enable_node_scheduling(*of_node(t)),
        ],
        [None, None],
    ),
    "node user": (
        lambda t: [
            t.client.create_node_user(
                *of_node(t), models.BatchNodeUserCreateOptions(name="oncall", password="x")
            ),
            t.client.replace_node_user(
                *of_node(t), "oncall", models.BatchNodeUserReplaceOptions(password="y")
            ),
            t.client.delete_node_user(*of_node(t), "oncall"),
        ],
        [None, None, None],
    ),
    "jobs": (lambda t: t.job in ids(t.client.list_jobs()), True),
    "job": (lambda t: t.client.get_job(t.job).pool_info.pool_id, "render-linux"),
    "job, counts": (
        lambda t: t.client.get_job_task_counts(t.job).task_counts.completed > 0,
        True,
    ),
    "tasks": (lambda t: t.task in ids(t.client.list_tasks(t.job)), True),
    "tasks, failed": (
        lambda t: (
            {
                execution(each).result
                for each in t.client.list_tasks(
                    t.job, filter="state eq 'completed' and executionInfo/result eq 'Failure'"
                )
            }
            <= {models.BatchTaskExecutionResult.FAILURE}
        ),
        True,
    ),
    "task": (lambda t: execution(t.client.get_task(*of_task(t))).exit_code, 0),
    "subtasks": (lambda t: list(t.client.list_subtasks(*of_task(t))), []),
    "task files": (
        lambda t: sorted(f.name for f in t.client.list_task_files(*of_task(t))),
        ["stderr.txt", "stdout.txt", "wd"],
    ),
    "task file": (
        lambda t: (
            len(whole(t.client.download_task_file(*of_task(t), "stdout.txt")))
            == t.client.get_task_file_properties(*of_task(t), "stdout.txt").content_length
        ),
        True,
    ),
    "task file, a part": (
        lambda t: whole(
            t.client.download_task_file(*of_task(t), "wd/render.log", ocp_range="bytes=0-8")
        ),
        b"00000000 ",
    ),
}

# What is refused, with the status and the code that the service gives.
REFUSALS: dict[str, tuple[Call, int, str | None]] = {
    "pool": (lambda t: t.client.get_pool("nothing"), 404, "PoolNotFound"),
    "node": (lambda t: t.client.get_node(t.pool, "nothing"), 404, "NodeNotFound"),
    "job": (lambda t: t.client.get_job("nothing"), 404, "JobNotFound"),
    "task": (lambda t: t.client.get_task(t.job, "nothing"), 404, "TaskNotFound"),
    "file": (
        lambda t: t.client.get_task_file_properties(*of_task(t), "nothing.txt"),
        404,
        # What answers HEAD has no body to name a code in.
        None,
    ),
    "preparation": (
        lambda t: list(t.client.list_job_preparation_and_release_task_status(t.job)),
        409,
        "JobPreparationTaskOrReleaseTaskNotSpecified",
    ),
    "filter": (
        lambda t: list(t.client.list_tasks(t.job, filter="colour eq 'red'")),
        400,
        "InvalidQueryParameterValue",
    ),
    "reactivation": (lambda t: t.client.reactivate_task(*of_task(t)), 409, "TaskSucceeded"),
    "termination": (lambda t: t.client.terminate_task(*of_task(t)), 409, "TaskCompleted"),
    "scheduling": (
        lambda t: t.client.enable_node_scheduling(*of_node(t)),
        409,
        "NodeAlreadyInTargetSchedulingState",
    ),
    "making a job that is there": (
        lambda t: t.client.create_job(
            models.BatchJobCreateOptions(id=t.job, pool_info=models.BatchPoolInfo(pool_id=t.pool))
        ),
        409,
        "JobExists",
    ),
    "making a pool": (
        lambda t: t.client.create_pool(models.BatchPoolCreateOptions(id="new", vm_size="small")),
        405,
        "UnsupportedHttpVerb",
    ),
    "deleting a task": (
        lambda t: t.client.delete_task(*of_task(t)),
        405,
        "UnsupportedHttpVerb",
    ),
    "deleting a pool": (lambda t: t.client.begin_delete_pool(t.pool), 405, "UnsupportedHttpVerb"),
}


@pytest.fixture
def there(sandbox: Sandbox, client: BatchClient) -> There:
    nodes = sandbox.store.pool("render-linux").nodes
    return There(client, node=next(node.id for node in nodes if node.state == "idle"))


@pytest.mark.parametrize("name", CALLS)
def test_microsofts_client_gets_what_it_asks_for(name: str, there: There) -> None:
    call, expected = CALLS[name]
    assert call(there) == expected


@pytest.mark.parametrize("name", REFUSALS)
def test_microsofts_client_is_refused_as_the_service_does(name: str, there: There) -> None:
    call, status, code = REFUSALS[name]
    with pytest.raises(HttpResponseError) as caught:
        call(there)
    error = caught.value.error
    assert (caught.value.status_code, error and error.code) == (status, code)
