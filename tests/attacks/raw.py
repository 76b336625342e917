"""A service that sends what it is told, byte by byte, and remembers who asked what."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

KEY = "cGxhbnRlZC1rZXktb2YtdGhlLWF0dGFja3M="
FAILURE = {"category": "userError", "code": "FailureExitCode", "message": "no", "details": []}
JOB: dict[str, Any] = {"id": "j", "state": "active", "poolInfo": {"poolId": "p"}}


def task(name: str, **more: Any) -> dict[str, Any]:
    """A failed task, as the service has it."""
    ran = {
        "startTime": "2026-11-20T02:00:00Z",
        "endTime": "2026-11-20T02:01:00Z",
        "exitCode": 1,
        "result": "failure",
        "retryCount": 0,
        "requeueCount": 0,
        "failureInfo": FAILURE,
    }
    node = {"poolId": "p", "nodeId": "n1"}
    return {"id": name, "state": "completed", "executionInfo": ran, "nodeInfo": node, **more}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def answer(
    status: int = 200,
    body: Any = b"",
    headers: Mapping[str, str] | None = None,
    *,
    length: bool = True,
) -> bytes:
    """The bytes of an answer; what is no bytes is JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", "request-id: 0", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(data)}"] if length else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


Answering = Callable[[Asked], bytes | None]


@dataclass
class Raw:
    """A listener on a port of its own; an answer of None closes the connection."""

    answering: Answering
    asked: list[Asked] = field(default_factory=list)
    listener: socket.socket = field(default_factory=socket.socket)

    def __post_init__(self) -> None:
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    @property
    def environ(self) -> dict[str, str]:
        """The settings with which commands talk to it."""
        return {
            "AZURE_BATCH_ENDPOINT": f"http://{self.host}",
            "AZURE_BATCH_ACCOUNT": "acct",
            "AZURE_BATCH_ACCESS_KEY": KEY,
        }

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError), connection.makefile("rb") as lines:
            while request := lines.readline():
                method, target, _ = request.decode("latin-1").split(" ", 2)
                headers = {}
                while line := lines.readline().strip():
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.strip().lower()] = value.strip()
                lines.read(int(headers.get("content-length", 0)))
                asked = Asked(method, target, headers)
                self.asked.append(asked)
                told = self.answering(asked)
                if told is None:
                    return
                connection.sendall(told)


@contextmanager
def raw(answering: Answering) -> Iterator[Raw]:
    """A service for one test."""
    service = Raw(answering)
    try:
        yield service
    finally:
        service.listener.close()


def listing(tasks: Sequence[Any], link: str | None = None) -> Answering:
    """A job `j` with these tasks, and a link to a next page of them."""

    def answering(asked: Asked) -> bytes:
        if asked.path == "/jobs":
            return answer(200, {"value": [JOB]})
        more = {"odata.nextLink": link} if link and "skiptoken" not in asked.target else {}
        return answer(200, {"value": list(tasks), **more})

    return answering
