"""The one place where replies become bytes: headers and framing."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from batchdoctor.sandbox.clock import header_time
from batchdoctor.sandbox.wire.messages import Reply, Request

_CHUNK = 65_536
_WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What identifies one exchange: its id, and the server's clock in ticks."""

    request_id: str
    moment: int
    url: str


def chunked(body: bytes) -> bytes:
    """Frame a body in chunks, the closing one included."""
    parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return framed + b"0\r\n\r\n"


def _framing(reply: Reply, *, head_only: bool) -> tuple[dict[str, str], bytes]:
    if reply.status in _WITHOUT_BODY:
        return ({"Content-Length": "0"} if reply.status == HTTPStatus.NO_CONTENT else {}), b""
    if head_only:
        # A file's length is what a HEAD is asked for; other replies say only how they would come.
        return ({} if reply.length else {"Transfer-Encoding": "chunked"}), b""
    if reply.length:
        return {"Content-Length": str(len(reply.body))}, reply.body
    return {"Transfer-Encoding": "chunked"}, chunked(reply.body)


def _own_headers(request: Request, stamp: Stamp) -> dict[str, str]:
    headers = {
        "DataServiceVersion": "3.0",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
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
