"""Faults that change what is answered, seen from the other end."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest
from azure.batch import BatchClient
from azure.core.exceptions import HttpResponseError

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.wire import VERSION, Answer, Wire

TASKS = "/jobs/render-20261120/tasks"


LIST = "GET /jobs/{job}/tasks"


@pytest.fixture
def healthy(start: Callable[..., Sandbox]) -> Sandbox:
    return start("healthy")


def ids(answer: Answer) -> list[str]:
    return [item["id"] for item in answer.document["value"]]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (FaultKind.THROTTLED, 429, "TooManyRequests"),
        (FaultKind.BUSY, 503, "ServerBusy"),
        (FaultKind.INTERNAL_ERROR, 500, "InternalError"),
        (FaultKind.TIMED_OUT, 408, "OperationTimedOut"),
        (FaultKind.EXPIRED_TOKEN, 401, "AuthenticationFailed"),
        (FaultKind.NOT_ALLOWED, 403, "InsufficientAccountPermissions"),
    ],
)
def test_the_service_refuses(healthy: Sandbox, kind: str, status: int, code: str) -> None:
    healthy.add_fault(Fault(kind))
    wire = Wire(healthy)
    answer = wire.get("/jobs")
    assert (answer.status, answer.document["code"]) == (status, code)
    assert "Retry-After" not in answer.headers
    assert wire.get("/jobs").status == 200


@pytest.mark.parametrize("value", ["7", "0", "86400", "soon", "-1", "inf", "1e9"])
def test_the_time_to_wait_is_sent_as_it_was_ordered(healthy: Sandbox, value: str) -> None:
    healthy.add_fault(Fault(FaultKind.THROTTLED, retry_after=value))
    assert Wire(healthy).get("/jobs").headers["Retry-After"] == value


@pytest.mark.parametrize("ahead", [30.0, -30.0])
def test_the_time_to_wait_can_be_a_date(healthy: Sandbox, ahead: float) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, retry_after_date=ahead))
    answer = Wire(healthy).get("/jobs")
    until = parsedate_to_datetime(answer.headers["Retry-After"])
    assert (until - parsedate_to_datetime(answer.headers["Date"])).total_seconds() == ahead


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.BAD_GATEWAY, 502),
        (FaultKind.GATEWAY_TIMEOUT, 504),
        (FaultKind.CAPTIVE_PORTAL, 200),
    ],
)
def test_somebody_else_answers_in_html(healthy: Sandbox, kind: str, status: int) -> None:
    healthy.add_fault(Fault(kind))
    answer = Wire(healthy).get("/jobs")
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html")
    assert answer.body.startswith(b"<html>")
    # None of the headers by which the service would be known.
    assert set(answer.headers) == {"Date", "Content-Length", "Content-Type"}


@pytest.mark.parametrize(
    "kind", [FaultKind.TRUNCATED_JSON, FaultKind.INVALID_JSON, FaultKind.EMPTY_BODY]
)
def test_a_complete_body_is_no_json(healthy: Sandbox, kind: str) -> None:
    healthy.add_fault(Fault(kind))
    answer = Wire(healthy).get("/jobs")
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(answer.body)))
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_a_body_is_json_of_the_wrong_type(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.WRONG_TYPE))
    assert Wire(healthy).get("/jobs").document == ["unexpected"]


def test_an_answer_is_lost_after_the_change_took_effect(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.LOST_ANSWER, "POST *"))
    wire = Wire(healthy)
    task = healthy.store.job("render-20261121").tasks[-8].id
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        wire.post(f"/jobs/render-20261121/tasks/{task}/terminate")
    assert healthy.store.task("render-20261121", task).state == "completed"
    assert [request.status for request in healthy.requests] == [None]
    again = wire.post(f"/jobs/render-20261121/tasks/{task}/terminate")
    assert again.document["code"] == "TaskCompleted"


def test_a_reset_keeps_a_change_from_taking_effect(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.RESET, "POST *"))
    task = healthy.store.job("render-20261121").tasks[-8].id
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        Wire(healthy).post(f"/jobs/render-20261121/tasks/{task}/terminate")
    assert healthy.store.task("render-20261121", task).state == "running"


def test_a_page_links_to_itself(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.LINK_TO_ITSELF, LIST))
    wire = Wire(healthy)
    link = wire.get(TASKS, "maxresults=9").document["odata.nextLink"]
    assert link == f"{healthy.url}{TASKS}?{VERSION}&maxresults=9"


def test_a_page_links_to_another_host(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.LINK_ELSEWHERE, LIST, link="http://127.0.0.1:9"))
    link = Wire(healthy).get(TASKS, "maxresults=9").document["odata.nextLink"]
    assert link.startswith(f"http://127.0.0.1:9{TASKS}?")


def test_a_page_over_tls_links_to_plain_http(start: Callable[..., Sandbox]) -> None:
    pytest.importorskip("trustme")
    sandbox = start("healthy", tls=True, faults=[Fault(FaultKind.LINK_DOWNGRADED, LIST)])
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.core.rest import HttpRequest

    credential = AzureNamedKeyCredential(sandbox.account_name, sandbox.key)
    trusted = str(sandbox.certificate_file)
    with BatchClient(sandbox.url, credential, connection_verify=trusted) as client:
        answer = client.send_request(HttpRequest("GET", f"{TASKS}?{VERSION}&maxresults=9"))
    assert answer.json()["odata.nextLink"].startswith("http://127.0.0.1:")


def test_an_item_comes_on_two_pages(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.DUPLICATE_ITEM, LIST))
    wire = Wire(healthy)
    first = wire.get(TASKS, "maxresults=9")
    second = wire.send("GET", first.document["odata.nextLink"].removeprefix(healthy.url))
    assert ids(second)[0] == ids(first)[-1]
    assert ids(second)[1] == "frame-0010"


def test_a_page_is_empty_and_yet_not_the_last(
    healthy: Sandbox, connect: Callable[[Sandbox], BatchClient]
) -> None:
    healthy.add_fault(Fault(FaultKind.EMPTY_PAGE, LIST))
    assert len(list(connect(healthy).list_tasks("render-20261120", max_results=9))) == 60
    assert len(healthy.requests) == 8


def test_a_token_is_refused_in_the_middle_of_a_listing(
    healthy: Sandbox, connect: Callable[[Sandbox], BatchClient]
) -> None:
    healthy.add_fault(Fault(FaultKind.PAGE_REFUSED, LIST, after=1))
    with pytest.raises(HttpResponseError) as caught:
        list(connect(healthy).list_tasks("render-20261120", max_results=9))
    assert caught.value.status_code == 400
    assert [request.status for request in healthy.requests] == [200, 200, 400]


def test_the_servers_clock_is_wrong(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.CLOCK_SKEW, skew=1020))
    answer = Wire(healthy).get("/jobs")
    assert (answer.status, answer.document["code"]) == (403, "AuthenticationFailed")
    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert 1015 < ahead < 1025
