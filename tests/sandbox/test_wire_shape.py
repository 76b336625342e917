"""Headers and bodies, compared with the shape of the service's recorded answers."""

from __future__ import annotations

import re
import uuid
from typing import Any

from azure.batch import BatchClient

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Wire

METADATA = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z")
TASK = "/jobs/render-20261120/tasks/frame-0001"


def key_paths(value: Any, before: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {before}
    return {path for key, inner in value.items() for path in key_paths(inner, f"{before}/{key}")}


def test_an_error_has_the_recorded_body(wire: Wire) -> None:
    answer = wire.get("/pools/nothing")
    request_id = answer.headers["request-id"]
    assert answer.document["odata.metadata"] == f"{wire.sandbox.url}/$metadata#{METADATA}"
    assert set(answer.document) == {"odata.metadata", "code", "message"}
    assert answer.document["message"]["lang"] == "en-US"
    sentence, identity, time = answer.document["message"]["value"].split("\n")
    assert sentence == answer.reason == "The specified pool does not exist."
    assert identity == f"RequestId:{request_id}"
    assert TIME.fullmatch(time.removeprefix("Time:"))


def test_an_error_has_the_recorded_headers(wire: Wire) -> None:
    answer = wire.get("/pools/nothing")
    assert set(answer.headers) == {
        "DataServiceVersion",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "Date",
        "request-id",
        "Server",
        "Content-Type",
        "Content-Length",
    }
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_the_values_of_an_error_are_keys_and_values(wire: Wire) -> None:
    answer = wire.send("GET", "/jobs")
    assert answer.document["values"] == [{"key": "QueryParameterName", "value": "api-version"}]


def test_a_listing_has_the_recorded_headers(wire: Wire) -> None:
    answer = wire.get("/jobs")
    assert answer.headers == {
        "DataServiceVersion": "3.0",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Date": answer.headers["Date"],
        "request-id": answer.headers["request-id"],
        "Server": "Microsoft-HTTPAPI/2.0",
        "Transfer-Encoding": "chunked",
        "Content-Type": "application/json;odata=minimalmetadata",
    }
    assert answer.reason == "OK"
    assert uuid.UUID(answer.headers["request-id"]).version == 4
    assert answer.document["odata.metadata"] == f"{wire.sandbox.url}/$metadata#jobs"


def test_an_item_has_its_tag_in_header_and_body(wire: Wire) -> None:
    for path, kind in (
        (TASK, "tasks"),
        ("/jobs/render-20261120", "jobs"),
        ("/pools/sim-spot", "pools"),
    ):
        answer = wire.get(path)
        assert answer.headers["ETag"] == answer.document["eTag"]
        assert re.fullmatch(r"0x8D[0-9A-F]{13}", answer.headers["ETag"])
        assert answer.headers["Last-Modified"].endswith(" GMT")
        assert answer.document["odata.metadata"].endswith(f"/$metadata#{kind}/@Element")


def test_an_answer_without_content_has_no_framing_of_a_body(wire: Wire) -> None:
    answer = wire.post("/jobs/ingest-20261121/tasks/feed-031/reactivate")
    assert answer.status == 204
    assert {"Transfer-Encoding", "Content-Type"} & set(answer.headers) == set()
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["DataServiceId"].endswith("/tasks/feed-031/reactivate")


def test_an_empty_answer_that_could_have_content_is_chunked(wire: Wire, sandbox: Sandbox) -> None:
    node = sandbox.store.pool("render-linux").nodes[3]
    answer = wire.post(f"/pools/render-linux/nodes/{node.id}/reboot")
    assert (answer.status, answer.reason, answer.body) == (202, "Accepted", b"")
    assert answer.headers["Transfer-Encoding"] == "chunked"


def test_the_clients_request_id_comes_back_only_when_asked_for(wire: Wire) -> None:
    silent = wire.get("/jobs", client_request_id="mine")
    spoken = wire.get("/jobs", client_request_id="mine", return_client_request_id="True")
    assert "client-request-id" not in silent.headers
    assert spoken.headers["client-request-id"] == "mine"


def test_a_head_has_no_body(wire: Wire) -> None:
    found = wire.send("HEAD", f"/pools/sim-spot?{VERSION}")
    missing = wire.send("HEAD", f"/pools/nothing?{VERSION}")
    assert (found.status, found.body) == (200, b"")
    assert (missing.status, missing.body) == (404, b"")


def test_every_time_has_at_most_seven_digits_and_no_trailing_zero(wire: Wire) -> None:
    text = wire.get("/jobs/render-20261120/tasks").body.decode()
    times = re.findall(r'"(?:state\w*|creation|start|end)Time": ?"([^"]+)"', text)
    assert len(times) > 400
    assert [time for time in times if not TIME.fullmatch(time)] == []


def test_a_completed_task_has_the_recorded_members(wire: Wire) -> None:
    document = wire.get(TASK).document
    assert key_paths(document) == {
        "/odata.metadata",
        "/id",
        "/url",
        "/eTag",
        "/creationTime",
        "/lastModified",
        "/state",
        "/stateTransitionTime",
        "/previousState",
        "/previousStateTransitionTime",
        "/commandLine",
        "/userIdentity/autoUser/scope",
        "/userIdentity/autoUser/elevationLevel",
        "/constraints/maxWallClockTime",
        "/constraints/retentionTime",
        "/constraints/maxTaskRetryCount",
        "/requiredSlots",
        "/executionInfo/startTime",
        "/executionInfo/endTime",
        "/executionInfo/exitCode",
        "/executionInfo/result",
        "/executionInfo/retryCount",
        "/executionInfo/requeueCount",
        "/nodeInfo/affinityId",
        "/nodeInfo/nodeUrl",
        "/nodeInfo/poolId",
        "/nodeInfo/nodeId",
        "/nodeInfo/taskRootDirectory",
        "/nodeInfo/taskRootDirectoryUrl",
    }
    assert document["constraints"]["maxWallClockTime"] == "P10675199DT2H48M5.4775807S"
    assert document["nodeInfo"]["taskRootDirectory"] == "workitems/render-20261120/job-1/frame-0001"


def test_a_windows_task_names_its_directory_with_backslashes(wire: Wire) -> None:
    info = wire.get("/jobs/nightly-etl-20261121/tasks/ledger-01").document["nodeInfo"]
    assert info["taskRootDirectory"] == "workitems\\nightly-etl-20261121\\job-1\\ledger-01"
    assert info["taskRootDirectoryUrl"].endswith(
        "/files/workitems/nightly-etl-20261121/job-1/ledger-01"
    )


def test_a_pool_has_the_recorded_members(wire: Wire) -> None:
    recorded = {
        "odata.metadata",
        "id",
        "url",
        "eTag",
        "lastModified",
        "creationTime",
        "state",
        "stateTransitionTime",
        "allocationState",
        "allocationStateTransitionTime",
        "currentNodeCommunicationMode",
        "vmSize",
        "resizeTimeout",
        "currentDedicatedNodes",
        "targetDedicatedNodes",
        "currentLowPriorityNodes",
        "targetLowPriorityNodes",
        "enableAutoScale",
        "enableInterNodeCommunication",
        "taskSlotsPerNode",
        "taskSchedulingPolicy",
        "virtualMachineConfiguration",
    }
    assert set(wire.get("/pools/model-gpu").document) == recorded


def test_a_node_that_is_starting_has_not_booted_yet(sandbox: Sandbox, wire: Wire) -> None:
    nodes = wire.get("/pools/sim-spot/nodes").document["value"]
    starting = next(node for node in nodes if node["state"] == "starting")
    idle = next(node for node in nodes if node["state"] == "idle")
    assert set(idle) - set(starting) == {"lastBootTime", "nodeAgentInfo", "recentTasks"}


def test_a_job_has_the_recorded_members(wire: Wire) -> None:
    recorded = {
        "odata.metadata",
        "id",
        "url",
        "eTag",
        "lastModified",
        "creationTime",
        "state",
        "stateTransitionTime",
        "priority",
        "maxParallelTasks",
        "usesTaskDependencies",
        "allowTaskPreemption",
        "constraints",
        "poolInfo",
        "executionInfo",
        "onAllTasksComplete",
        "onTaskFailure",
    }
    document = wire.get("/jobs/render-20261121").document
    assert set(document) == recorded
    assert set(document["executionInfo"]) == {"startTime", "poolId"}


def test_the_real_client_reads_every_member_of_a_failed_task(client: BatchClient) -> None:
    task = client.get_task("ingest-20261121", "feed-031")
    info = task.execution_info
    assert info is not None
    assert info.failure_info is not None
    assert (info.failure_info.code, info.failure_info.category) == ("BlobNotFound", "UserError")
    assert (info.exit_code, info.result) == (None, "failure")
    assert "sig=" in str(info.failure_info.details)


def test_a_condition_on_the_tag_is_kept(wire: Wire) -> None:
    tag = wire.get(TASK).headers["ETag"]
    assert wire.get(TASK, If_None_Match=tag).status == 304
    assert wire.get(TASK, If_None_Match='"0x0"').status == 200
    assert wire.get(TASK, If_Match=tag).status == 200
    refused = wire.get(TASK, If_Match="0x8D0000000000000")
    assert (refused.status, refused.document["code"]) == (412, "ConditionNotMet")


def test_a_condition_on_the_time_is_kept(wire: Wire) -> None:
    modified = wire.get(TASK).headers["Last-Modified"]
    assert wire.get(TASK, If_Modified_Since=modified).status == 304
    assert wire.get(TASK, If_Unmodified_Since=modified).status == 200
    assert wire.get(TASK, If_Unmodified_Since="Tue, 01 Jan 2019 00:00:00 GMT").status == 412
