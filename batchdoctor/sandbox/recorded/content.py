"""Answers for what was kept of a file: its size and times, and the bytes that are there."""

from __future__ import annotations

import re

from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.recorded.records import Content
from batchdoctor.sandbox.wire.messages import Reply, Request

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def content_reply(request: Request, kept: Content | None) -> Reply:
    """Answer a HEAD or GET of a file, whole or in part; raises ServiceError.

    Bytes before those that were kept are NotRecorded: half a file must not pass for a whole one.
    """
    if kept is None:
        raise ServiceError("NotRecorded")
    if request.method == "HEAD":
        return Reply(200, b"", {**kept.headers, "Content-Length": str(kept.size)}, length=True)
    first, end = _asked(request, kept.size)
    if first < kept.start and first < end:
        raise ServiceError("NotRecorded")
    part = kept.data[first - kept.start : end - kept.start] if first < end else b""
    return Reply(200, part, kept.headers)


def _asked(request: Request, size: int) -> tuple[int, int]:
    wanted = request.headers.get("ocp-range")
    if wanted is None:
        return 0, size
    match = _RANGE.fullmatch(wanted.strip())
    if not match:
        raise ServiceError("InvalidHeaderValue", HeaderName="ocp-range", HeaderValue=wanted)
    first, last = int(match.group(1)), int(match.group(2) or size)
    if first >= size or last < first:
        raise ServiceError("InvalidRange")
    return first, min(last + 1, size)
