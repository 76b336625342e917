"""One small read: the service's time, and how long its answer takes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from batchdoctor.service.faults import clock_skew, parse_http_date
from batchdoctor.service.query import parameters, path
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Request, Transport


class Probe(msgspec.Struct, frozen=True):
    """How the service answered one small read. A positive skew: its clock is ahead of ours."""

    server_time: datetime | None
    skew_seconds: float | None
    round_trip_seconds: float


def probe_with(transport: Transport, retry: RetryPolicy) -> Probe:
    """Send one small read, and tell the service's time and how long the answer took."""
    request = Request("GET", path("pools"), parameters(select="id") | {"maxresults": "1"})
    started = retry.clock()
    answer = retry.run("read the account", lambda limit: transport.exchange(request, limit))
    taken = retry.clock() - started
    skew = clock_skew(answer.headers, datetime.now(UTC))
    return Probe(
        server_time=parse_http_date(answer.headers.get("Date", "")),
        skew_seconds=None if skew is None else skew.total_seconds(),
        round_trip_seconds=taken,
    )
