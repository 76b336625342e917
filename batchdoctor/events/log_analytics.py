"""Logs in a Log Analytics workspace: asks for the rows of the events, and reads them as they come.

Source: https://learn.microsoft.com/azure/azure-monitor/logs/api/overview
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import Any
from urllib.parse import quote, urlsplit

from batchdoctor.errors import InputError
from batchdoctor.events.kql import query
from batchdoctor.events.remote_errors import translated
from batchdoctor.events.selection import Selection
from batchdoctor.events.source import Source

ENDPOINT = "https://api.loganalytics.io"
RETRIES = 4
# A query may take this many seconds; the service allows ten minutes at most.
PATIENCE = 600
_HINT = "sign in with: az login, and have the role Log Analytics Reader"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# An answer that had to be cut short says so after its rows.
_TAIL = 2048
_FIRST_ERROR = 400


def workspace_source(
    workspace: str, selection: Selection, *, endpoint: str = ENDPOINT, credential: Any = None
) -> Source:
    """The events of a workspace that were asked for, as a source to be read like a file.

    Signed in as azure-identity finds, unless there is a `credential`. Raises InputError when the
    package is missing; reading it raises errors of access, of names not found and of the network.
    """
    name = f"workspace {workspace}"
    try:
        from azure.monitor.query import LogsQueryClient
    except ImportError:
        raise InputError(
            f"Cannot read {name}: the package for Log Analytics is not installed.",
            hint="pip install 'batchdoctor[monitor]'",
        ) from None

    def opened() -> BufferedReader:
        client = LogsQueryClient(
            credential or _identity(), endpoint=endpoint, retry_total=RETRIES, retry_backoff_max=20
        )
        return BufferedReader(_Answer(name, _asked(client, endpoint, workspace, selection, name)))

    return Source(name, opener=opened)


def _identity() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def _asked(
    client: Any, endpoint: str, workspace: str, selection: Selection, name: str
) -> Iterator[bytes]:
    from azure.core.rest import HttpRequest

    request = HttpRequest(
        "POST",
        f"/workspaces/{quote(workspace, safe='')}/query",
        json={"query": query(selection, "events")},
        headers={"Prefer": f"wait={PATIENCE}"},
    )
    encrypted = urlsplit(endpoint).hostname not in _LOOPBACK
    with translated(name, _HINT):
        response = client.send_request(
            request, stream=True, enforce_https=encrypted, read_timeout=PATIENCE
        )
        if response.status_code >= _FIRST_ERROR:
            # The code of the error is in the body, which is not read by itself.
            response.read()
            response.raise_for_status()
        yield from response.iter_bytes()


class _Answer(RawIOBase):
    """The body of an answer as a stream; ends with an OSError if the service cut it short."""

    def __init__(self, name: str, pieces: Iterator[bytes]) -> None:
        self._name = name
        self._pieces = pieces
        self._ready = memoryview(b"")
        self._tail = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return self._end()
            self._tail = (self._tail + piece)[-_TAIL:]
            self._ready = memoryview(piece)
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _end(self) -> int:
        if b'"error":' in self._tail.rpartition(b"]]")[2].replace(b" ", b""):
            raise OSError("the answer is not complete; ask for less time with --since and --until")
        return 0
