"""Every kind of fault, seen from the other end of the wire."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.batch import BatchClient
from azure.core.exceptions import HttpResponseError

from batchdoctor.errors import UsageError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox, fault_set_names, load_faults
from tests.sandbox.wire import VERSION, Answer, Wire

TASKS = "/jobs/render-20261120/tasks"
LIST = "GET /jobs/{job}/tasks"


@dataclass
class Bytes:
    """All that came over one connection, and how it ended."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def exchange(sandbox: Sandbox, path: str = TASKS, patience: float = 1.0) -> Bytes:
    """Send one request and read until the other side ends the connection, or patience does."""
    address = urlsplit(sandbox.url)
    target = f"{path}?{VERSION}"
    date = formatdate(usegmt=True)
    signature = Wire(sandbox).sign("GET", target, {"ocp-date": date})
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nocp-date: {date}\r\nAuthorization: {signature}\r\n"
    data = b""
    with socket.create_connection((address.hostname or "", address.port or 0), patience) as raw:
        raw.sendall(f"{head}\r\n".encode())
        while True:
            try:
                part = raw.recv(65_536)
            except TimeoutError:
                return Bytes(data, "silence")
            except ConnectionResetError:
                return Bytes(data, "reset")
            if not part:
                return Bytes(data, "close")
            data += part


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


def test_a_connection_is_reset_before_anything_is_sent(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.RESET))
    assert exchange(healthy) == Bytes(b"", "reset")


def test_a_connection_is_closed_before_anything_is_sent(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.CLOSE))
    assert exchange(healthy) == Bytes(b"", "close")


def test_a_connection_is_reset_in_the_middle_of_the_headers(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.RESET_IN_HEADERS))
    seen = exchange(healthy)
    assert seen.end == "reset"
    assert seen.data.startswith(b"HTTP/1.1 200 OK\r\nDataServiceVersion")
    assert b"\r\n\r\n" not in seen.data


@pytest.mark.parametrize(
    ("kind", "end"), [(FaultKind.RESET_IN_BODY, "reset"), (FaultKind.CLOSE_IN_BODY, "close")]
)
def test_a_connection_ends_in_the_middle_of_the_body(healthy: Sandbox, kind: str, end: str) -> None:
    healthy.add_fault(Fault(kind))
    seen = exchange(healthy)
    assert (seen.end, b"Transfer-Encoding: chunked" in seen.head) == (end, True)
    size, _, rest = seen.body.partition(b"\r\n")
    assert 0 < len(rest) < int(size, 16)


def test_a_chunked_body_ends_without_its_last_chunk(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.CUT_CHUNKED))
    seen = exchange(healthy)
    size, _, rest = seen.body.partition(b"\r\n")
    assert (seen.end, rest[-2:]) == ("close", b"\r\n")
    assert len(rest) == int(size, 16) + 2 or rest.endswith(b"}\r\n")


def test_a_body_of_unknown_length_ends_early_and_nothing_tells(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.CUT_WITHOUT_LENGTH))
    seen = exchange(healthy)
    assert seen.end == "close"
    assert b"Content-Length" not in seen.head
    assert b"Transfer-Encoding" not in seen.head
    assert seen.body.startswith(b'{"odata.metadata"')
    with pytest.raises(json.JSONDecodeError):
        json.loads(seen.body)


def test_a_server_stalls_after_the_headers(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.STALL))
    seen = exchange(healthy, patience=0.3)
    assert (seen.end, seen.body) == ("silence", b"")
    assert seen.head.startswith(b"HTTP/1.1 200 OK")


def test_a_server_that_accepts_never_answers(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.SILENCE))
    assert exchange(healthy, patience=0.3) == Bytes(b"", "silence")


def test_a_silence_ends_when_its_time_is_over(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.SILENCE, hold=0.1))
    assert exchange(healthy, patience=5).end == "close"


def test_a_body_drips(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.DRIP, delay=0.01, drop=2000))
    begun = time.monotonic()
    answer = Wire(healthy).get("/jobs")
    assert time.monotonic() - begun >= 0.01
    assert len(answer.document["value"]) == 3


def test_stopping_ends_a_drip(start: Callable[..., Sandbox]) -> None:
    sandbox = start("healthy", faults=[Fault(FaultKind.DRIP, delay=0.2)])
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
        raw.sendall(b"GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(1) == b"H"
        begun = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - begun < 2


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


def test_a_fault_meets_only_its_route(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, "GET /jobs/{job}/tasks/{task}"))
    wire = Wire(healthy)
    assert [wire.get(path).status for path in ("/jobs", TASKS, "/jobs/render-20261120")] == [
        200
    ] * 3
    assert wire.get(f"{TASKS}/frame-0001").status == 503


@pytest.mark.parametrize(
    ("route", "path", "meets"),
    [
        ("*", "/jobs", True),
        ("GET *", "/jobs", True),
        ("POST *", "/jobs", False),
        ("/jobs", "/jobs", True),
        ("/jobs", "/jobs/render-20261120", False),
        ("/jobs/render-*", "/jobs/render-20261120", True),
        ("/jobs/{job}", TASKS, False),
        ("/jobs/*", TASKS, True),
    ],
)
def test_a_route_is_a_pattern(healthy: Sandbox, route: str, path: str, meets: bool) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, route))
    assert Wire(healthy).get(path).status == (503 if meets else 200)
    if not meets:
        assert [fault.route for fault in healthy.unfired_faults()] == [route]
        method = "POST" if route.startswith("POST") else "GET"
        target = "/jobs/a" if route == "/jobs/{job}" else "/jobs"
        assert Wire(healthy).send(method, f"{target}?{VERSION}").status == 503


def test_a_fault_spares_some_exchanges_and_meets_as_many_as_ordered(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, after=2, times=3))
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(7)] == [200, 200, 503, 503, 503, 200, 200]


def test_faults_wait_for_each_other(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY))
    healthy.add_fault(Fault(FaultKind.THROTTLED))
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(3)] == [503, 429, 200]


def test_a_share_of_exchanges_is_the_same_at_every_run(start: Callable[..., Sandbox]) -> None:
    def statuses() -> list[int]:
        fault = Fault(FaultKind.BUSY, share=0.3, seed=5, times=None)
        wire = Wire(start("healthy", faults=[fault]))
        return [wire.get("/nodecounts").status for _ in range(60)]

    first = statuses()
    assert first == statuses()
    assert 8 <= first.count(503) <= 30


def test_a_fault_without_an_end_counts_as_fired_once_it_struck(healthy: Sandbox) -> None:
    fault = Fault(FaultKind.BUSY, times=None)
    healthy.add_fault(fault)
    assert healthy.unfired_faults() == [fault]
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(4)] == [503] * 4
    assert healthy.unfired_faults() == []


def test_a_fault_that_struck_too_seldom_is_told(healthy: Sandbox) -> None:
    fault = Fault(FaultKind.BUSY, times=2)
    healthy.add_fault(fault)
    wire = Wire(healthy)
    wire.get("/jobs")
    assert healthy.unfired_faults() == [fault]
    wire.get("/jobs")
    assert healthy.unfired_faults() == []


def test_a_link_fault_waits_for_a_page_that_has_a_link(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.DUPLICATE_ITEM))
    wire = Wire(healthy)
    wire.get("/jobs")
    wire.get(f"{TASKS}/frame-0001")
    assert len(healthy.unfired_faults()) == 1
    wire.get(TASKS, "maxresults=9")
    assert healthy.unfired_faults() == []


def test_the_sets_of_the_package_can_be_read() -> None:
    assert fault_set_names() == ["bad-network", "broken-listing", "busy-service"]
    for name in fault_set_names():
        assert load_faults(name)


def test_a_set_of_ones_own_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[faults]]\nkind = "throttled"\nretry_after = 3\ntimes = 2\n', encoding="utf-8"
    )
    assert load_faults(file) == [Fault("throttled", retry_after="3", times=2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[faults]]\nkind = "gremlin"\n', "gremlin"),
        ('[[faults]]\nkind = "reset"\ncolour = "red"\n', "colour"),
        ("[[faults]]\ntimes = 1\n", "no kind"),
        ("[[faults\n", "cannot be read"),
    ],
)
def test_a_set_with_a_mistake_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_faults(file)


def test_a_set_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no set of faults 'nowhere'"):
        load_faults("nowhere")


def test_every_kind_has_a_test_of_its_own() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    untested: list[Any] = [kind for kind in FaultKind if f"FaultKind.{kind.name}" not in source]
    assert untested == []
