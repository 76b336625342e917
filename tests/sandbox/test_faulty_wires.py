"""Faults that break the wire, seen from the other end."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import urlsplit

import pytest

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.wire import VERSION, Wire

TASKS = "/jobs/render-20261120/tasks"


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
    chunks, rest = [], seen.body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        chunks.append(rest[: int(size, 16)])
        assert rest[int(size, 16) : int(size, 16) + 2] == b"\r\n"
        rest = rest[int(size, 16) + 2 :]
    assert seen.end == "close"
    assert all(chunks)
    assert len(json.loads(b"".join(chunks))["value"]) == 60


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
