"""One HTTP exchange with the account, through azure-batch's own pipeline, within a time limit.

Reads and changes alike go through `BatchClient.send_request`: same authentication, headers and
transport as the SDK's methods, without their model objects (18 times the cost of the JSON), their
endless waits for an answer that trickles, and their refusal of a ranged file answered by 206.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from batchdoctor.errors import UnreachableError
from batchdoctor.service.account import Account
from batchdoctor.service.broken import fault_of_exception, too_slow
from batchdoctor.service.faults import Fault, fault_of_answer
from batchdoctor.service.pipeline import Unsuccessful, connect

if TYPE_CHECKING:
    from azure.batch import BatchClient

    from batchdoctor.service.identity import TokenSource

CONNECT_SECONDS = 5.0
# The service works on a request for 30 s at most.
SILENT_SECONDS = 35.0
CHUNK = 64 * 1024
# A page of 1000 tasks is some 300 kB; this is where an answer stops being one.
LONGEST_BODY = 256 * 1024 * 1024
JSON_TYPE = "application/json; odata=minimalmetadata"


class ClosedError(UnreachableError):
    """The connections to the account were closed for good; a thread left behind still asks."""


class Request(msgspec.Struct, frozen=True):
    """What to send. `target` begins with a slash and follows the endpoint as it stands."""

    method: str
    target: str
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    body: object = None


class Answer(msgspec.Struct, frozen=True):
    """A successful answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Stream:
    """A successful answer whose body is still to be read."""

    def __init__(self, response: Any, raw: Any, host: str) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._raw = raw
        self._host = host

    def read(self) -> bytes:
        """Return the next bytes, at most 64 KiB, as soon as there are any; none at the end.

        One call waits for one packet only, so that the caller's clock is looked at in between: a
        server that sends a byte now and then never trips a socket's own timeout.
        """
        try:
            chunk: bytes | None = self._raw.read1(CHUNK, decode_content=True)
        except _troubles() as error:
            self.close()
            raise fault_of_exception(error, self._host) from error
        return chunk or b""

    def close(self) -> None:
        """Give the connection back, or drop it when something is left on it."""
        self._response.close()


class Transport:
    """The wire to one account. Imports azure when the first request is sent; usable by threads."""

    offline = False
    """Whether answers were recorded, so that nothing else is to be asked over a wire either."""

    def __init__(
        self,
        account: Account,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self.account = account
        self.host = urlsplit(account.endpoint).hostname or account.host
        self._clock = clock
        self._now = now
        self._silent_seconds = silent_seconds
        self._lock = threading.Lock()
        self.sent = 0  # requests so far, repeated ones included
        self._closed = False
        self._batch: BatchClient | None = None
        self._tokens: TokenSource | None = None

    def exchange(self, request: Request, limit: float) -> Answer:
        """Send a request and read the whole answer within `limit` seconds; raises `Fault`."""
        until = self._clock() + limit
        stream = self.open(request, limit)
        return Answer(stream.status, stream.headers, self._drain(stream, until, limit))

    def open(self, request: Request, limit: float) -> Stream:
        """Send a request and return its answer unread; raises `Fault` unless it is a success."""
        until = self._clock() + limit
        stream = self._send(request, limit)
        if stream.status == 401 and self._tokens is not None:  # noqa: PLR2004 - HTTP
            # The service may refuse a token that still looks valid here: one fresh one, once.
            stream.close()
            self._tokens.renew()
            stream = self._send(request, max(until - self._clock(), 0.001))
        if not 200 <= stream.status < 300:  # noqa: PLR2004 - HTTP
            raise self._refusal(stream, until, limit)
        return stream

    def close(self) -> None:
        """Close all connections, for good: whatever asks from now on gets a `ClosedError`."""
        with self._lock:
            self._closed = True
            if self._batch is not None:
                self._batch.close()
                self._batch = None
            if self._tokens is not None:
                self._tokens.close()

    def _refusal(self, stream: Stream, until: float, limit: float) -> Fault:
        try:
            body = self._drain(stream, until, limit)
        except Fault:
            # The status stands, but what the refusal means is in its body: worth asking again,
            # because a request that was refused did nothing.
            refusal = fault_of_answer(stream.status, stream.headers, b"", now=self._now())
            refusal.passing = True
            return refusal
        return fault_of_answer(stream.status, stream.headers, body, now=self._now())

    def _drain(self, stream: Stream, until: float, limit: float) -> bytes:
        parts = bytearray()
        try:
            while chunk := stream.read():
                parts += chunk
                if self._clock() >= until:
                    raise too_slow(self.host, limit)
                if len(parts) > LONGEST_BODY:
                    raise Fault(f"the answer is longer than {LONGEST_BODY >> 20} MiB")
        finally:
            stream.close()
        return bytes(parts)

    def _send(self, request: Request, limit: float) -> Stream:
        from azure.core.rest import HttpRequest

        with self._lock:
            self.sent += 1
        batch = self._client()
        # The SDK formats the URL as a template; doubled braces come out as they went in.
        url = self.account.endpoint + request.target.replace("{", "{{").replace("}", "}}")
        headers = dict(request.headers or {})
        if self._tokens is None:
            # What is signed has a date. The SDK's own comes from a function that Python gives up.
            headers["ocp-date"] = format_datetime(self._now(), usegmt=True)
        content = None
        if request.body is not None:
            headers.setdefault("content-type", JSON_TYPE)
            content = msgspec.json.encode(request.body)
        message = HttpRequest(
            request.method, url, params=request.query, headers=headers, content=content
        )
        try:
            response = batch.send_request(
                message,
                stream=True,
                connection_timeout=min(CONNECT_SECONDS, limit),
                read_timeout=min(self._silent_seconds, limit),
            )
        except Unsuccessful as unsuccessful:
            response = unsuccessful.response
        except _troubles() as error:
            raise fault_of_exception(error, self.host) from error
        except ValueError as error:
            # What azure-core says when it is closed between two of its steps.
            if not self._closed:
                raise
            raise self._closed_error() from error
        answer: Any = response
        return Stream(answer, answer.internal_response.raw, self.host)

    def _client(self) -> BatchClient:
        with self._lock:
            if self._closed:
                raise self._closed_error()
            if self._batch is None:
                self._batch, self._tokens = connect(self.account)
            return self._batch

    def _closed_error(self) -> ClosedError:
        return ClosedError(f"The connection to {self.host} was closed before the request was sent.")


def _troubles() -> tuple[type[BaseException], ...]:
    """Everything a broken exchange can raise; looked up late, because azure is imported late."""
    from azure.core.exceptions import AzureError
    from urllib3.exceptions import HTTPError

    return (AzureError, HTTPError, HTTPException, OSError)
