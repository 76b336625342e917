"""Listings through the real client: pages, selections, filters, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.batch import BatchClient
from azure.core.exceptions import HttpResponseError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Answer, Wire

JOB = "render-20261120"
TASKS = f"/jobs/{JOB}/tasks"


def ids(answer: Answer) -> list[str]:
    return [item["id"] for item in answer.document["value"]]


def follow(wire: Wire, link: str) -> Answer:
    return wire.send("GET", link.removeprefix(wire.sandbox.url))


@pytest.mark.parametrize("size", [1, 7, 55, 110, 1000])
def test_pages_of_any_size_give_every_task_once(client: BatchClient, size: int) -> None:
    names = [task.id for task in client.list_tasks(JOB, max_results=size)]
    assert names == [f"frame-{number:04}" for number in range(1, 111)]


def test_a_page_is_no_longer_than_asked_for_and_the_last_has_no_link(wire: Wire) -> None:
    first = wire.get(TASKS, "maxresults=109")
    assert len(ids(first)) == 109
    last = follow(wire, first.document["odata.nextLink"])
    assert ids(last) == ["frame-0110"]
    assert "odata.nextLink" not in last.document


def test_a_full_last_page_has_no_link_to_an_empty_one(wire: Wire) -> None:
    assert "odata.nextLink" not in wire.get(TASKS, "maxresults=110").document


def test_a_link_keeps_the_query_and_holds_characters_that_must_stay_encoded(wire: Wire) -> None:
    query = "$filter=startswith(id,'frame')&$select=id&maxresults=4"
    link = wire.get(TASKS, query.replace("'", "%27")).document["odata.nextLink"]
    assert link.startswith(f"{wire.sandbox.url}{TASKS}?")
    parameters = parse_qs(urlsplit(link).query)
    assert parameters["$filter"] == ["startswith(id,'frame')"]
    assert (parameters["$select"], parameters["maxresults"]) == (["id"], ["4"])
    assert set("+/=") <= set(parameters["$skiptoken"][0])
    assert not set("+/=") & set(link.split("$skiptoken=")[1])


def test_filtered_pages_hold_only_what_matches(client: BatchClient) -> None:
    wanted = "state eq 'completed' and executionInfo/result eq 'failure'"
    failed = [task.id for task in client.list_tasks(JOB, filter=wanted, max_results=3)]
    expected = [
        task.id
        for task in client.list_tasks(JOB)
        if task.execution_info and task.execution_info.result == "failure"
    ]
    assert failed == expected
    assert len(failed) > 6


def test_removing_nodes_between_pages_loses_and_doubles_nothing(
    sandbox: Sandbox, wire: Wire
) -> None:
    pool = sandbox.store.pool("render-linux")
    everyone = [node.id for node in pool.nodes]
    first = wire.get("/pools/render-linux/nodes", "maxresults=5")
    pool.nodes.remove(pool.nodes[1])
    second = follow(wire, first.document["odata.nextLink"])
    third = follow(wire, second.document["odata.nextLink"])
    assert [*ids(first), *ids(second), *ids(third)] == everyone


@pytest.mark.parametrize(
    "token", ["nonsense", "%2B/%2B/", "AAAA", "%C3%A9", "%2B%2F%2B%2FAAAAAAAAAAAAAA=="]
)
def test_a_broken_token_is_refused(wire: Wire, token: str) -> None:
    answer = wire.get(TASKS, f"$skiptoken={token}")
    assert (answer.status, answer.document["code"]) == (400, "InvalidQueryParameterValue")


def test_a_token_whose_plus_became_a_space_is_refused(wire: Wire) -> None:
    link = wire.get(TASKS, "maxresults=4").document["odata.nextLink"]
    assert follow(wire, link.replace("%2B", "%20")).status == 400


def test_a_token_of_another_listing_is_refused(wire: Wire) -> None:
    link = wire.get(TASKS, "maxresults=4").document["odata.nextLink"]
    other = link.replace(JOB, "render-20261121")
    assert follow(wire, other).status == 400
    filtered = f"{link}&$filter=state%20eq%20%27active%27"
    assert follow(wire, filtered).status == 400


def test_the_sandbox_can_be_told_to_make_short_pages(start: Callable[..., Sandbox]) -> None:
    wire = Wire(start("healthy", page_size=10))
    assert len(ids(wire.get("/jobs/render-20261120/tasks", "maxresults=1000"))) == 10


@pytest.mark.parametrize("size", ["0", "-1", "-5"])
def test_a_page_size_below_one_is_no_value(wire: Wire, size: str) -> None:
    answer = wire.get(TASKS, f"maxresults={size}")
    values = {value["key"]: value["value"] for value in answer.document["values"]}
    assert (answer.status, answer.document["code"]) == (400, "InvalidQueryParameterValue")
    assert values == {
        "QueryParameterName": "maxresults",
        "QueryParameterValue": size,
        "Reason": "MaxResults cannot be less than 1",
    }


@pytest.mark.parametrize("size", ["1001"])
def test_a_page_size_out_of_range_is_refused(wire: Wire, size: str) -> None:
    answer = wire.get(TASKS, f"maxresults={size}")
    values = {value["key"]: value["value"] for value in answer.document["values"]}
    assert (answer.status, answer.document["code"]) == (400, "OutOfRangeQueryParameterValue")
    assert values == {
        "QueryParameterName": "maxresults",
        "QueryParameterValue": size,
        "MinimumAllowed": "1",
        "MaximumAllowed": "1000",
    }


def test_only_the_selected_members_come(client: BatchClient) -> None:
    task = next(iter(client.list_tasks(JOB, select=["id", "state", "nodeInfo"])))
    assert set(task) == {"id", "state", "nodeInfo"}


def test_nested_members_are_selected_through_their_parent(wire: Wire) -> None:
    query = "$select=id,executionInfo/exitCode,executionInfo/result&maxresults=1"
    item = wire.get(TASKS, query).document["value"][0]
    assert item == {"id": "frame-0001", "executionInfo": {"exitCode": 0, "result": "success"}}


def test_a_parent_selected_whole_wins_over_its_nested_members(wire: Wire) -> None:
    query = "$select=executionInfo/exitCode,executionInfo&maxresults=1"
    item = wire.get(TASKS, query).document["value"][0]
    assert {"startTime", "endTime", "exitCode", "retryCount"} <= set(item["executionInfo"])


@pytest.mark.parametrize(
    "path",
    [TASKS, "/jobs", "/pools", "/pools/render-linux/nodes", f"/jobs/{JOB}", f"{TASKS}/frame-0001"],
)
def test_selecting_what_does_not_exist_is_refused(wire: Wire, path: str) -> None:
    answer = wire.get(path, "$select=id,colour")
    assert (answer.status, answer.document["code"]) == (400, "InvalidQueryParameterValue")
    assert wire.get(path, "$select=id,state").status == 200


def test_an_item_can_be_selected_from_too(client: BatchClient) -> None:
    task = client.get_task(JOB, "frame-0001", select=["id", "state"])
    assert set(task) - {"odata.metadata"} == {"id", "state"}


def test_every_list_answers_the_real_client(client: BatchClient) -> None:
    assert [pool.id for pool in client.list_pools()] == [
        "render-linux",
        "sim-spot",
        "etl-windows",
        "ingest-linux",
        "model-gpu",
    ]
    assert JOB in [job.id for job in client.list_jobs()]
    counts = list(client.list_pool_node_counts(filter="poolId eq 'sim-spot'"))
    assert [count.pool_id for count in counts] == ["sim-spot"]
    low_priority = counts[0].low_priority
    assert low_priority is not None
    assert (low_priority.total, low_priority.preempted, low_priority.starting) == (8, 1, 1)
    broken = client.list_nodes("ingest-linux", filter="state eq 'starttaskfailed'")
    assert len(list(broken)) == 3
    status = list(client.list_job_preparation_and_release_task_status("model-fit-20261121"))
    assert len(status) == 2
    assert status[0].job_preparation_task_execution_info is not None
    assert status[0].job_preparation_task_execution_info.exit_code == 32
    subtasks = list(client.list_subtasks("risk-stress-20261120", "scenario-049-mpi"))
    assert [subtask.id for subtask in subtasks] == [1, 2]


def test_ids_are_found_whatever_their_case(client: BatchClient) -> None:
    assert client.get_task("RENDER-20261120", "Frame-0001").id == "frame-0001"
    assert client.get_pool("Render-Linux").id == "render-linux"


def test_a_filter_the_list_does_not_take_is_an_error_of_the_client(client: BatchClient) -> None:
    with pytest.raises(HttpResponseError) as caught:
        list(client.list_tasks(JOB, filter="nodeInfo/nodeId eq 'x'"))
    assert caught.value.error is not None
    assert caught.value.error.code == "InvalidQueryParameterValue"
    assert "cannot be used" in str(caught.value)


@pytest.mark.parametrize(
    ("target", "code", "status"),
    [
        ("/jobs", "MissingRequiredQueryParameter", 400),
        ("/jobs?api-version=2031-01-01", "InvalidQueryParameterValue", 400),
        ("/jobs?api-version=latest", "InvalidQueryParameterValue", 400),
        (f"/jobs?{VERSION}&colour=red", "UnsupportedQueryParameter", 400),
        (f"/jobs/{JOB}?{VERSION}&maxresults=4", "UnsupportedQueryParameter", 400),
        (f"/jobs?{VERSION}&timeOut=31", "OutOfRangeQueryParameterValue", 400),
        (f"/kettles?{VERSION}", "ResourceNotFound", 404),
        (f"/?{VERSION}", "ResourceNotFound", 404),
        (f"/jobs/nothing?{VERSION}", "JobNotFound", 404),
        (f"/jobs/nothing/tasks?{VERSION}", "JobNotFound", 404),
        (f"/jobs/{JOB}/tasks/nothing?{VERSION}", "TaskNotFound", 404),
        (f"/pools/nothing/nodes?{VERSION}", "PoolNotFound", 404),
        (f"/pools/sim-spot/nodes/nothing?{VERSION}", "NodeNotFound", 404),
        (
            f"/jobs/{JOB}/jobpreparationandreleasetaskstatus?{VERSION}",
            "JobPreparationTaskOrReleaseTaskNotSpecified",
            409,
        ),
    ],
)
def test_a_read_is_refused(wire: Wire, target: str, code: str, status: int) -> None:
    answer = wire.send("GET", target)
    assert (answer.status, answer.document["code"]) == (status, code)


def test_an_older_version_of_the_service_is_spoken_too(wire: Wire) -> None:
    assert wire.send("GET", "/jobs?api-version=2024-02-01.19.0").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_verb_that_an_address_does_not_take_is_405(wire: Wire, method: str) -> None:
    answer = wire.send(method, f"/jobs?{VERSION}")
    assert (answer.status, answer.document["code"]) == (405, "UnsupportedHttpVerb")
    assert answer.headers["Allow"] == "GET, POST"
