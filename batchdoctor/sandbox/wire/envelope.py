"""The one place where replies and refusals become bytes: headers, framing, error bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from batchdoctor.sandbox.clock import header_time, wire_time
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import JSON_TYPE, Reply, Request

ERRORS = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors"
_CHUNK = 65_536
_WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What identifies one exchange: its id, and the server's clock in ticks."""

    request_id: str
    moment: int
    url: str


def refusal_reply(refusal: ServiceError, stamp: Stamp) -> Reply:
    """Return the service's error body, with the request's id and time in its message."""
    message = f"{refusal.sentence}\nRequestId:{stamp.request_id}\nTime:{wire_time(stamp.moment)}"
    document: dict[str, object] = {
        "odata.metadata": f"{stamp.url}/$metadata#{ERRORS}/@Element",
        "code": refusal.code,
        "message": {"lang": "en-US", "value": message},
    }
    if refusal.values:
        document["values"] = [{"key": k, "value": v} for k, v in refusal.values.items()]
    headers = {**refusal.headers, "Content-Type": JSON_TYPE}
    body = json.dumps(document).encode()
    return Reply(refusal.status, body, headers, reason=refusal.sentence, length=True)


def chunked(body: bytes) -> bytes:
    """Frame a body in chunks, the closing one included."""
    parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return framed + b"0\r\n\r\n"


def _framing(reply: Reply, *, head_only: bool) -> tuple[dict[str, str], bytes]:
    if reply.status in _WITHOUT_BODY:
        return {}, b""
    if head_only:
        # A file's length is what a HEAD is asked for; other replies say only how they would come.
        return ({} if reply.length else {"Transfer-Encoding": "chunked"}), b""
    if reply.length:
        return {"Content-Length": str(len(reply.body))}, reply.body
    return {"Transfer-Encoding": "chunked"}, chunked(reply.body)


def _own_headers(request: Request, stamp: Stamp) -> dict[str, str]:
    headers = {
        "DataServiceVersion": "3.0",
        "X-Content-Type-Options": "nosniff",
        "Server": "Microsoft-HTTPAPI/2.0",
        "request-id": stamp.request_id,
    }
    if request.headers.get("return-client-request-id", "").lower() == "true":
        headers["client-request-id"] = request.headers.get("client-request-id", "")
    return headers


def compose(request: Request, reply: Reply, stamp: Stamp) -> tuple[bytes, bytes]:
    """Return the head and the framed body of a reply, as they go over the wire."""
    framing, body = _framing(reply, head_only=request.method == "HEAD")
    own = {} if reply.foreign else _own_headers(request, stamp)
    headers = {**own, "Date": header_time(stamp.moment), **framing, **reply.headers}
    reason = reply.reason or HTTPStatus(reply.status).phrase
    lines = [f"HTTP/1.1 {reply.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), body
