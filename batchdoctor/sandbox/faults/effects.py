"""What each kind of fault does: a reply instead of the real one, a spoilt reply, a broken wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from batchdoctor.sandbox.clock import header_time, seconds
from batchdoctor.sandbox.faults.fault import Fault, FaultKind
from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_query
from batchdoctor.sandbox.wire.messages import JSON_TYPE, WHOLE, Delivery, Reply, Request

_REFUSALS = {
    FaultKind.THROTTLED: ("TooManyRequests", None),
    FaultKind.BUSY: ("ServerBusy", None),
    FaultKind.INTERNAL_ERROR: ("InternalError", None),
    FaultKind.TIMED_OUT: ("OperationTimedOut", None),
    FaultKind.EXPIRED_TOKEN: ("AuthenticationFailed", 401),
    FaultKind.NOT_ALLOWED: ("InsufficientAccountPermissions", None),
}
_PAGES = {
    FaultKind.BAD_GATEWAY: (502, "Bad Gateway", "The gateway got no valid answer."),
    FaultKind.GATEWAY_TIMEOUT: (504, "Gateway Time-out", "The gateway waited too long."),
    FaultKind.CAPTIVE_PORTAL: (200, "OK", "Please sign in to use this network."),
}
_WIRES: dict[str, tuple[float, str]] = {
    FaultKind.RESET: (0, "reset"),
    FaultKind.CLOSE: (0, "close"),
    FaultKind.SILENCE: (0, "hold"),
    FaultKind.RESET_IN_HEADERS: (0.5, "reset"),
    FaultKind.RESET_IN_BODY: (1.5, "reset"),
    FaultKind.CLOSE_IN_BODY: (1.5, "close"),
    FaultKind.CUT_CHUNKED: (2, "close"),
    FaultKind.CUT_WITHOUT_LENGTH: (1.5, "close"),
    FaultKind.LOST_ANSWER: (0, "reset"),
    FaultKind.STALL: (1, "hold"),
    FaultKind.DRIP: (2, "keep"),
}
RANGE = "ocp-range"
_UNHANDLED = {FaultKind.RESET, FaultKind.CLOSE, FaultKind.SILENCE}
_NEEDS_NEXT_LINK = {
    FaultKind.LINK_TO_ITSELF,
    FaultKind.LINK_ELSEWHERE,
    FaultKind.LINK_DOWNGRADED,
    FaultKind.DUPLICATE_ITEM,
}


@dataclass(frozen=True, slots=True)
class Links:
    """The links around a page: to itself, to the listing's begin by a token, and one item back."""

    own: str
    begin: str
    rewind: Callable[[str], str]


def before(fault: Fault, request: Request) -> bool:
    """Whether a fault of this kind can meet this request at all, as far as one can see yet."""
    if fault.kind == FaultKind.PAGE_REFUSED:
        return "$skiptoken" in request.query
    if fault.kind == FaultKind.RANGE_IGNORED:
        return RANGE in request.headers
    return fault.kind != FaultKind.EMPTY_PAGE or "$skiptoken" not in request.query


def heard(fault: Fault | None, request: Request) -> Request:
    """Return a request as it is understood: a header may get lost on the way."""
    if fault is None or fault.kind != FaultKind.RANGE_IGNORED:
        return request
    return replace(request, headers={n: v for n, v in request.headers.items() if n != RANGE})


def on_reply(kind: str) -> bool:
    """Whether a fault changes the document of a reply, and so needs to see it first."""
    return kind in _SPOILERS


def applies_to(fault: Fault, reply: Reply) -> bool:
    """Whether a fault that changes documents finds something to change in this reply."""
    if reply.headers.get("Content-Type") != JSON_TYPE or reply.status != 200:  # noqa: PLR2004
        return False
    if fault.kind in _NEEDS_NEXT_LINK:
        return b'"odata.nextLink":' in reply.body
    return fault.kind != FaultKind.EMPTY_PAGE or b'"value":[' in reply.body


def instead(fault: Fault, now: int) -> Reply | None:
    """Return the reply that is given without the request being handled, or raise ServiceError."""
    headers = _retry_after(fault, now)
    if fault.kind in _REFUSALS:
        code, status = _REFUSALS[FaultKind(fault.kind)]
        raise ServiceError(code, status=status, headers=headers)
    if fault.kind == FaultKind.PAGE_REFUSED:
        raise bad_query("$skiptoken", "", "The token has expired.")
    if fault.kind in _PAGES:
        status, title, text = _PAGES[FaultKind(fault.kind)]
        html = f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>\r\n"
        headers["Content-Type"] = "text/html"
        return Reply(status, html.encode(), headers, reason=title, length=True, foreign=True)
    return Reply(200, length=True) if fault.kind in _UNHANDLED else None


def _retry_after(fault: Fault, now: int) -> dict[str, str]:
    if fault.retry_after_date is not None:
        return {"Retry-After": header_time(now + seconds(fault.retry_after_date))}
    return {} if fault.retry_after is None else {"Retry-After": fault.retry_after}


def delivery_of(fault: Fault | None) -> Delivery:
    """Return how the reply goes out under a fault."""
    if fault is None or fault.kind not in _WIRES:
        return WHOLE
    part, end = _WIRES[fault.kind]
    drop = fault.drop if fault.kind == FaultKind.DRIP else 0
    return Delivery(
        part,
        end,
        fault.delay,
        drop,
        fault.hold,
        fault.kind == FaultKind.CUT_WITHOUT_LENGTH,
        fault.kind == FaultKind.CUT_CHUNKED,
    )


def spoil(fault: Fault, reply: Reply, links: Links) -> Reply:
    """Return a reply with its document changed."""
    return _SPOILERS[fault.kind](fault, reply, links)


def _body(change: Callable[[bytes], bytes]) -> Callable[[Fault, Reply, Links], Reply]:
    return lambda _fault, reply, _links: replace(reply, body=change(reply.body), length=True)


def _link(change: Callable[[str, Fault, Links], str]) -> Callable[[Fault, Reply, Links], Reply]:
    def spoiler(fault: Fault, reply: Reply, links: Links) -> Reply:
        document = json.loads(reply.body)
        link = change(document.get("odata.nextLink", ""), fault, links)
        return replace(reply, body=json.dumps(document | {"odata.nextLink": link}).encode())

    return spoiler


def _empty_page(_fault: Fault, reply: Reply, links: Links) -> Reply:
    document = json.loads(reply.body) | {"value": [], "odata.nextLink": links.begin}
    return replace(reply, body=json.dumps(document).encode())


_SPOILERS: dict[str, Callable[[Fault, Reply, Links], Reply]] = {
    FaultKind.TRUNCATED_JSON: _body(lambda body: body[: len(body) // 2]),
    FaultKind.INVALID_JSON: _body(lambda body: b"{value: [}" + body),
    FaultKind.EMPTY_BODY: _body(lambda _body: b""),
    FaultKind.WRONG_TYPE: _body(lambda _body: b'["unexpected"]'),
    FaultKind.LINK_TO_ITSELF: _link(lambda _link, _fault, links: links.own),
    FaultKind.LINK_ELSEWHERE: _link(
        lambda link, fault, _links: f"{fault.link}/{link.split('/', 3)[3]}"
    ),
    FaultKind.LINK_DOWNGRADED: _link(
        lambda link, _fault, _links: f"http://{link.split('://', 1)[1]}"
    ),
    FaultKind.DUPLICATE_ITEM: _link(lambda link, _fault, links: links.rewind(link)),
    FaultKind.EMPTY_PAGE: _empty_page,
}
