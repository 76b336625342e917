"""Files of tasks and nodes: what is listed, what is read, and when they cannot be had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from azure.batch import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.wire import VERSION, Clock, Wire

JOB, TASK = "render-20261120", "frame-0001"
FILES = f"/jobs/{JOB}/tasks/{TASK}/files"


def code(caught: pytest.ExceptionInfo[HttpResponseError]) -> str | None:
    response: Any = caught.value.response
    response.read()
    return str(response.json()["code"])


def failed(client: BatchClient, job: str, failure: str) -> str:
    for task in client.list_tasks(job, filter="executionInfo/result eq 'failure'"):
        info = task.execution_info.failure_info if task.execution_info else None
        if info and info.code == failure:
            return task.id
    raise AssertionError(failure)


def test_a_listing_shows_the_top_level_only(client: BatchClient) -> None:
    files = {file.name: file.is_directory for file in client.list_task_files(JOB, TASK)}
    assert files == {"stderr.txt": False, "stdout.txt": False, "wd": True}


def test_a_recursive_listing_shows_all_in_pages_that_can_be_filtered(client: BatchClient) -> None:
    everything = [f.name for f in client.list_task_files(JOB, TASK, recursive=True, max_results=2)]
    assert everything == ["stderr.txt", "stdout.txt", "wd", "wd/frame-0001.exr", "wd/render.log"]
    working = client.list_task_files(JOB, TASK, recursive=True, filter="startswith(name,'wd/')")
    assert [file.name for file in working] == ["wd/frame-0001.exr", "wd/render.log"]


def test_a_file_in_a_listing_has_size_and_time_and_a_folder_has_neither(wire: Wire) -> None:
    stderr, stdout, folder = wire.get(FILES).document["value"]
    assert stdout["url"] == f"{wire.sandbox.url}{FILES}/stdout.txt"
    assert set(stdout["properties"]) == {"lastModified", "contentLength", "contentType", "fileMode"}
    assert stderr["properties"]["contentLength"] == "0"
    assert set(folder) == {"name", "url", "isDirectory"}


def test_a_file_is_read_whole(client: BatchClient) -> None:
    content = b"".join(client.download_task_file(JOB, TASK, "stdout.txt"))
    assert content.startswith(b"frame-0001: started on tvm-")
    assert content.endswith(b"frame-0001: written to wd/frame-0001.exr\n")


def test_the_slash_of_a_path_may_be_encoded_or_not(wire: Wire) -> None:
    encoded, plain = wire.get(f"{FILES}/wd%2Frender.log"), wire.get(f"{FILES}/wd/render.log")
    assert (encoded.status, encoded.body) == (200, plain.body)
    assert len(plain.body) == 400_000


def test_properties_are_told_without_the_content(client: BatchClient, wire: Wire) -> None:
    length = len(wire.get(f"{FILES}/wd/render.log").body)
    properties = client.get_task_file_properties(JOB, TASK, "wd/render.log")
    assert properties.content_length == length
    assert properties.file_mode == "0o100644"
    head = wire.send("HEAD", f"{FILES}/wd/render.log?{VERSION}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(length)
    assert head.headers["ocp-batch-file-isdirectory"] == "False"
    assert "ocp-creation-time" not in head.headers


def test_a_folder_has_properties_but_no_content(wire: Wire) -> None:
    head = wire.send("HEAD", f"{FILES}/wd?{VERSION}")
    assert head.headers["ocp-batch-file-isdirectory"] == "True"
    assert wire.get(f"{FILES}/wd").document["code"] == "FileNotFound"


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-", b"0123456789"),
        ("bytes=4-", b"456789"),
        ("bytes=4-6", b"456"),
        ("bytes=9-9", b"9"),
        ("bytes=4-400", b"456789"),
    ],
)
@pytest.mark.parametrize("status", [200, 206])
def test_a_range_is_exactly_what_was_asked_for(
    start: Callable[..., Sandbox], wanted: str, part: bytes, status: int
) -> None:
    sandbox = start("healthy", range_status=status)
    sandbox.put_task_file(JOB, TASK, "stdout.txt", b"0123456789")
    answer = Wire(sandbox).get(f"{FILES}/stdout.txt", ocp_range=wanted)
    assert (answer.status, answer.body) == (status, part)
    assert answer.headers.get("Content-Length") == (str(len(part)) if status == 206 else None)
    assert ("Content-Range" in answer.headers) == (status == 206)
    if status == 206:
        first = int(wanted[6:].partition("-")[0])
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/10"


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=10-12", "bytes=5-4"])
def test_a_range_beyond_the_end_is_refused(sandbox: Sandbox, wire: Wire, wanted: str) -> None:
    sandbox.put_task_file(JOB, TASK, "stdout.txt", b"0123456789")
    answer = wire.get(f"{FILES}/stdout.txt", ocp_range=wanted)
    assert (answer.status, answer.document["code"]) == (416, "InvalidRange")


@pytest.mark.parametrize("wanted", ["bytes=-5", "4-6", "bytes=a-b", "bytes=1-2,4-5"])
def test_a_range_that_is_none_is_refused(wire: Wire, wanted: str) -> None:
    answer = wire.get(f"{FILES}/stdout.txt", ocp_range=wanted)
    assert (answer.status, answer.document["code"]) == (400, "InvalidHeaderValue")


def test_a_file_keeps_its_time_until_it_changes_and_never_has_a_tag(wire: Wire) -> None:
    first = wire.get(f"{FILES}/stdout.txt")
    again = wire.get(f"{FILES}/stdout.txt", If_Modified_Since=first.headers["Last-Modified"])
    assert again.status == 304
    for method in ("GET", "HEAD"):
        answer = wire.send(method, f"{FILES}/stdout.txt?{VERSION}")
        assert "ETag" not in answer.headers
        assert ("Content-Length" in answer.headers) == (method == "HEAD")
        assert answer.headers["Content-Type"] == "text/plain"


def test_the_address_of_a_file_comes_encoded_as_a_whole(wire: Wire) -> None:
    for path in ("wd%2Frender.log", "wd/render.log"):
        address = wire.get(f"{FILES}/{path}").headers["ocp-batch-file-url"]
        assert "/" not in address
        assert unquote(address) == f"{wire.sandbox.url}{FILES}/wd/render.log"


def test_what_went_out_is_counted(wire: Wire) -> None:
    body = wire.get(f"{FILES}/wd/render.log").body
    sent = wire.sandbox.requests[-1].sent
    assert len(body) <= sent < len(body) + 100


def test_a_range_may_be_ignored_on_order(start: Callable[..., Sandbox], clock: Clock) -> None:
    fault = Fault(FaultKind.RANGE_IGNORED, route="GET *")
    wire = Wire(start("night-shift", now=clock, faults=[fault]))
    whole = wire.get(f"{FILES}/stdout.txt").body
    assert wire.get(f"{FILES}/stdout.txt", ocp_range="bytes=1-2").body == whole
    assert wire.get(f"{FILES}/stdout.txt", ocp_range="bytes=1-2").body == whole[1:3]


def test_the_output_of_a_running_task_grows(client: BatchClient, clock: Clock) -> None:
    task = next(iter(client.list_tasks("render-20261121", filter="state eq 'running'"))).id
    first = b"".join(client.download_task_file("render-20261121", task, "stdout.txt"))
    clock.forward(seconds=60)
    second = b"".join(client.download_task_file("render-20261121", task, "stdout.txt"))
    assert second.startswith(first)
    assert second.count(b"\n") == first.count(b"\n") + 6


def test_a_failed_upload_leaves_its_own_logs(client: BatchClient) -> None:
    task = failed(client, "ingest-20261121", "FileUploadAccessDenied")
    names = [file.name for file in client.list_task_files("ingest-20261121", task)]
    assert {"fileuploaderr.txt", "fileuploadout.txt", "stdout.txt"} <= set(names)
    content = b"".join(client.download_task_file("ingest-20261121", task, "fileuploaderr.txt"))
    assert content.startswith(b"AuthorizationPermissionMismatch")


def test_a_task_that_never_ran_has_empty_output_and_no_results(client: BatchClient) -> None:
    task = failed(client, "ingest-20261121", "BlobNotFound")
    assert b"".join(client.download_task_file("ingest-20261121", task, "stdout.txt")) == b""
    files = client.list_task_files("ingest-20261121", task, recursive=True)
    assert [file.name for file in files] == ["stderr.txt", "stdout.txt", "wd"]


def test_windows_names_have_backslashes_and_both_separators_are_understood(wire: Wire) -> None:
    sandbox = wire.sandbox
    sandbox.put_task_file("nightly-etl-20261121", "ledger-01", "wd/out/a.csv", b"1;2\r\n")
    base = "/jobs/nightly-etl-20261121/tasks/ledger-01/files"
    names = [item["name"] for item in wire.get(base, "recursive=true").document["value"]]
    assert names == ["stderr.txt", "stdout.txt", "wd", "wd\\out", "wd\\out\\a.csv"]
    assert wire.get(f"{base}/wd%5Cout%5Ca.csv").body == b"1;2\r\n"
    head = wire.send("HEAD", f"{base}/wd/out/a.csv?{VERSION}")
    assert head.status == 200
    assert "ocp-creation-time" in head.headers
    assert "ocp-batch-file-mode" not in head.headers


def test_a_nodes_start_task_says_why_it_failed(client: BatchClient) -> None:
    nodes = list(client.list_nodes("ingest-linux", filter="state eq 'starttaskfailed'"))
    content = b"".join(client.download_node_file("ingest-linux", nodes[2].id, "startup/stderr.txt"))
    assert b"/var/lib/dpkg/lock-frontend" in content
    properties = client.get_node_file_properties("ingest-linux", nodes[2].id, "startup/stderr.txt")
    assert properties.content_length == len(content)


def test_a_nodes_files_hold_those_of_its_tasks(client: BatchClient) -> None:
    task = client.get_task(JOB, TASK)
    assert task.node_info is not None
    node = task.node_info.node_id or ""
    path = f"{task.node_info.task_root_directory}/stdout.txt"
    of_node = b"".join(client.download_node_file("render-linux", node, path))
    assert of_node == b"".join(client.download_task_file(JOB, TASK, "stdout.txt"))
    top = [file.name for file in client.list_node_files("render-linux", node)]
    assert top == ["shared", "startup", "volatile", "workitems"]


def test_a_preparation_task_has_its_output_on_the_node(client: BatchClient) -> None:
    status = next(iter(client.list_job_preparation_and_release_task_status("model-fit-20261121")))
    info = status.job_preparation_task_execution_info
    assert info is not None
    path = f"{info.task_root_directory}/stderr.txt"
    content = b"".join(client.download_node_file("model-gpu", status.node_id or "", path))
    assert content.startswith(b"mount error(13): Permission denied")


def test_a_file_that_does_not_exist_is_not_found(client: BatchClient) -> None:
    with pytest.raises(ResourceNotFoundError) as caught:
        b"".join(client.download_task_file(JOB, TASK, "wd/nothing.txt"))
    assert code(caught) == "FileNotFound"


def test_files_are_cleaned_up_after_their_retention(client: BatchClient, clock: Clock) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        b"".join(client.download_task_file("archive-20261114", "volume-1", "stdout.txt"))
    assert code(caught) == "TaskFilesCleanedup"
    assert b"".join(client.download_task_file(JOB, TASK, "stdout.txt"))
    clock.forward(days=8)
    with pytest.raises(ResourceExistsError) as caught:
        b"".join(client.download_task_file(JOB, TASK, "stdout.txt"))
    assert code(caught) == "TaskFilesCleanedup"


def test_files_of_a_task_that_never_had_a_node_are_unavailable(client: BatchClient) -> None:
    with pytest.raises(ResourceExistsError) as caught:
        list(client.list_task_files("model-fit-20261121", "fold-01"))
    assert code(caught) == "TaskFilesUnavailable"


def test_an_unusable_node_shows_no_files(sandbox: Sandbox, client: BatchClient) -> None:
    pool = sandbox.store.pool("render-linux")
    node = next(node for node in pool.nodes if node.state == "unusable")
    with pytest.raises(ResourceExistsError) as caught:
        list(client.list_node_files(pool.id, node.id))
    assert code(caught) == "NodeStateUnusable"
    task = next(task for task in sandbox.store.tasks() if task.node_id == node.id)
    with pytest.raises(ResourceExistsError) as caught:
        list(client.list_task_files(task.job.id, task.id))
    assert code(caught) == "TaskFilesUnavailable"


def test_a_node_on_its_way_down_is_not_ready(sandbox: Sandbox, client: BatchClient) -> None:
    node = sandbox.store.find_node("render-linux", sandbox.store.task(JOB, TASK).node_id)
    assert node is not None
    node.state = "rebooting"
    for listing in (
        client.list_task_files(JOB, TASK),
        client.list_node_files(node.pool.id, node.id),
    ):
        with pytest.raises(ResourceExistsError) as caught:
            list(listing)
        assert code(caught) == "NodeNotReady"


def test_any_bytes_come_back_as_they_were_put(sandbox: Sandbox, client: BatchClient) -> None:
    content = bytes(range(256)) * 5000
    sandbox.put_task_file(JOB, TASK, "wd/odd name \u00e9\u4e2d.bin", content)
    assert b"".join(client.download_task_file(JOB, TASK, "wd/odd name \u00e9\u4e2d.bin")) == content
    node = sandbox.store.task(JOB, TASK).node_id or ""
    sandbox.put_node_file("render-linux", node, "startup/stdout.txt", b"\x1b[31m")
    assert (
        b"".join(client.download_node_file("render-linux", node, "startup/stdout.txt"))
        == b"\x1b[31m"
    )
