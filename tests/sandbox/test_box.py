"""The sandbox as a thing: started, stopped, asked what it saw, and told how to behave."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest
from azure.batch import BatchClient

from batchdoctor.errors import UsageError
from batchdoctor.sandbox import Fault, Sandbox, scenario_names
from batchdoctor.sandbox.service import Service
from batchdoctor.sandbox.wire.messages import Delivery, Request
from tests.sandbox.wire import Clock, Wire


def test_it_listens_on_loopback_at_a_free_port_until_it_is_stopped() -> None:
    with Sandbox("healthy") as sandbox:
        address = urlsplit(sandbox.url)
        assert (address.scheme, address.hostname) == ("http", "127.0.0.1")
        assert Wire(sandbox).get("/jobs").status == 200
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", address.port or 0), timeout=2)


def test_before_it_is_started_it_has_no_address() -> None:
    with pytest.raises(UsageError, match="not been started"):
        _ = Sandbox("healthy").url


def test_it_can_be_given_a_port(start: Callable[..., Sandbox]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert start("healthy", port=port).url.endswith(f":{port}")


def test_a_port_that_is_in_use_is_refused_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            Sandbox("healthy", port=port).start()
    assert caught.value.message == f"The port {port} is in use."
    assert caught.value.hint


def break_handler(sandbox: Sandbox, error: Exception) -> None:
    """Let every request meet a mistake of ours."""

    def respond(_request: Request) -> tuple[bytes, bytes, Delivery]:
        raise error

    assert sandbox._service is not None
    sandbox._service = cast("Service", SimpleNamespace(respond=respond))


def test_a_handler_that_crashes_is_told_of_when_the_sandbox_stops() -> None:
    sandbox = Sandbox("healthy").start()
    first = KeyError("a mistake")
    break_handler(sandbox, first)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            Wire(sandbox).get("/jobs")
    with pytest.raises(RuntimeError, match="handler of the sandbox crashed") as caught:
        sandbox.stop()
    assert caught.value.__cause__ is first
    with pytest.raises(UsageError):
        _ = sandbox.url
    sandbox.stop()


def test_a_crash_does_not_hide_the_error_that_ends_the_sandbox() -> None:
    sandbox = Sandbox("healthy").start()
    break_handler(sandbox, FileNotFoundError("a mistake"))
    with pytest.raises(ConnectionError) as caught, sandbox:
        Wire(sandbox).get("/jobs")
    assert any("FileNotFoundError('a mistake')" in note for note in caught.value.__notes__)


def test_clients_that_go_away_are_no_crash() -> None:
    with Sandbox("night-shift") as sandbox:
        address = urlsplit(sandbox.url)
        for sent in (b"", b"GET /jobs HT", b"GET /jobs HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"):
            with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
                raw.sendall(sent)
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_starting_twice_is_starting_once(start: Callable[..., Sandbox]) -> None:
    sandbox = start("healthy")
    url = sandbox.url
    assert sandbox.start().url == url


def test_it_can_be_started_again_and_is_as_new(clock: Clock) -> None:
    sandbox = Sandbox("healthy", now=clock)
    for _ in range(2):
        with sandbox:
            wire = Wire(sandbox)
            task = sandbox.store.job("render-20261121").tasks[-8]
            assert task.state == "running"
            assert wire.post(f"/jobs/render-20261121/tasks/{task.id}/terminate").status == 204


def test_the_same_scenario_at_the_same_time_is_the_same_account(
    start: Callable[..., Sandbox], clock: Clock
) -> None:
    def documents(sandbox: Sandbox) -> list[object]:
        wire = Wire(sandbox)
        paths = ["/pools", "/jobs", "/pools/render-linux/nodes", "/jobs/ingest-20261121/tasks"]
        texts = [wire.get(path).body.decode() for path in paths]
        return [text.replace(sandbox.url, "URL") for text in texts]

    first, second = (start("night-shift", now=clock) for _ in range(2))
    assert documents(first) == documents(second)


def test_the_environment_leads_to_the_account(start: Callable[..., Sandbox]) -> None:
    sandbox = start("healthy")
    assert sandbox.environment() == {
        "AZURE_BATCH_ENDPOINT": sandbox.url,
        "AZURE_BATCH_ACCOUNT": "sandbox",
        "AZURE_BATCH_AUTH_MODE": "shared_key",
        "AZURE_BATCH_ACCESS_KEY": sandbox.key,
    }


def test_it_remembers_what_was_asked(client: BatchClient, sandbox: Sandbox) -> None:
    client.get_task("render-20261120", "frame-0001", select=["id"])
    client.reactivate_task("ingest-20261121", "feed-031")
    read, change = sandbox.requests
    assert (read.method, read.path, read.status) == (
        "GET",
        "/jobs/render-20261120/tasks/frame-0001",
        200,
    )
    assert read.query == {"api-version": "2025-06-01", "$select": "id"}
    assert read.headers["user-agent"].startswith("azsdk-python-batch/")
    assert (change.method, change.status, change.body) == ("POST", 204, b"")


def test_its_memory_of_requests_is_bounded(start: Callable[..., Sandbox]) -> None:
    sandbox = start("healthy", keep_requests=3)
    wire = Wire(sandbox)
    for number in range(1, 6):
        wire.get("/jobs", f"maxresults={number}")
    assert [request.query["maxresults"] for request in sandbox.requests] == ["3", "4", "5"]


def test_a_connection_is_kept_alive(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    wire = Wire(sandbox)
    head = "GET /jobs/render-20261120?api-version=2025-06-01&$select=id HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
        for _ in range(3):
            date = "Sat, 21 Nov 2026 06:00:00 GMT"
            raw.sendall(f"{head}ocp-date: {date}\r\nAuthorization: {wire.key}x\r\n\r\n".encode())
            assert raw.recv(65_536).startswith(b"HTTP/1.1 401 ")


def test_many_clients_are_answered_at_once(
    sandbox: Sandbox, connect: Callable[[Sandbox], BatchClient]
) -> None:
    found: list[int] = []

    def count(client: BatchClient) -> None:
        found.append(sum(1 for _ in client.list_tasks("render-20261120", max_results=10)))

    threads = [threading.Thread(target=count, args=(connect(sandbox),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [110] * 8


def test_stopping_does_not_wait_for_clients_that_do_nothing() -> None:
    sandbox = Sandbox("healthy", faults=[Fault("stall")]).start()
    address = urlsplit(sandbox.url)
    place = (address.hostname or "", address.port or 0)
    with socket.create_connection(place), socket.create_connection(place) as asking:
        asking.sendall(b"GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asking.recv(4096).startswith(b"HTTP/1.1 401 ")
        begun = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - begun < 2
        assert asking.recv(4096) == b""
    assert sandbox.unfired_faults() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scenario": "sunday"}, "no scenario 'sunday'"),
        ({"scenario": "healthy", "size": 10}, "cannot be made with 10 tasks"),
        ({"scenario": "big", "size": 0}, "cannot be made with 0 tasks"),
        ({"scenario": "healthy", "auth": "token"}, "over TLS only"),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Sandbox(**arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_the_scenarios_have_names() -> None:
    assert scenario_names() == ["bad-job", "bad-node", "big", "healthy", "night-shift"]


@pytest.mark.parametrize("length", ["5000000", "many", "²"])
def test_a_body_that_is_too_long_or_of_unknown_length_is_not_read(
    sandbox: Sandbox, length: str
) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
        head = f"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        raw.sendall(head.encode("latin-1"))
        assert raw.recv(4096).startswith(b"HTTP/1.1 411 ")
        assert raw.recv(4096) == b""


def test_a_request_for_what_is_no_url_is_refused(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
        raw.sendall(b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert raw.recv(4096) == b""
