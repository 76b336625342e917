"""Conditional requests: If-Match, If-None-Match and the two times."""

from __future__ import annotations

from batchdoctor.sandbox.clock import TICKS_PER_SECOND, entity_tag, parse_header_time
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import Request


def check_conditions(request: Request, modified: int) -> None:
    """Refuse with ConditionNotMet when the request is about another version of the resource."""
    headers, tag = request.headers, entity_tag(modified)
    second = modified // TICKS_PER_SECOND * TICKS_PER_SECOND
    unmodified = parse_header_time(headers.get("if-unmodified-since", ""))
    since = parse_header_time(headers.get("if-modified-since", ""))
    if not _names(headers.get("if-match", "*"), tag) or (unmodified and second > unmodified):
        raise ServiceError("ConditionNotMet")
    if _names(headers.get("if-none-match", ""), tag) or (since and second <= since):
        read = request.method in {"GET", "HEAD"}
        raise ServiceError("ConditionNotMet", status=304 if read else 412)


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in {part.strip().strip('"') for part in header.split(",")}
