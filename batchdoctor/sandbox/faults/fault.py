"""What a test can order: the kinds of fault, and which exchanges one of them meets."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from batchdoctor.errors import UsageError


class FaultKind(StrEnum):
    """Everything that can go wrong with an exchange."""

    THROTTLED = "throttled"
    BUSY = "busy"
    INTERNAL_ERROR = "internal-error"
    TIMED_OUT = "timed-out"
    BAD_GATEWAY = "bad-gateway"
    GATEWAY_TIMEOUT = "gateway-timeout"
    CAPTIVE_PORTAL = "captive-portal"
    EXPIRED_TOKEN = "expired-token"  # noqa: S105  # a kind of fault
    NOT_ALLOWED = "not-allowed"
    PAGE_REFUSED = "page-refused"
    CLOCK_SKEW = "clock-skew"
    RESET = "reset"
    RESET_IN_HEADERS = "reset-in-headers"
    RESET_IN_BODY = "reset-in-body"
    CLOSE = "close"
    CLOSE_IN_BODY = "close-in-body"
    CUT_CHUNKED = "cut-chunked"
    CUT_WITHOUT_LENGTH = "cut-without-length"
    LOST_ANSWER = "lost-answer"
    STALL = "stall"
    SILENCE = "silence"
    DRIP = "drip"
    RANGE_IGNORED = "range-ignored"
    TRUNCATED_JSON = "truncated-json"
    INVALID_JSON = "invalid-json"
    EMPTY_BODY = "empty-body"
    WRONG_TYPE = "wrong-type"
    LINK_TO_ITSELF = "link-to-itself"
    LINK_ELSEWHERE = "link-elsewhere"
    LINK_DOWNGRADED = "link-downgraded"
    DUPLICATE_ITEM = "duplicate-item"
    EMPTY_PAGE = "empty-page"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and where it strikes.

    `route` is a method and a path, `GET /jobs/{id}/tasks`; `{...}` stands for one part of the path,
    `*` for anything, and without a method any method is meant. The first `after` exchanges that
    match are spared, then `times` of them are met (None: all). With `share` there is no such limit:
    each is met with that probability, drawn from `seed`.

    `retry_after` goes into the header as it is; `retry_after_date` is a number of seconds from
    now, written as a date. `delay` is the seconds between two drops of a `drip`, or before a
    connection is cut; `hold` the longest silence; `skew` how far the server's clock is ahead.
    """

    kind: str
    route: str = "*"
    times: int | None = 1
    share: float | None = None
    seed: int = 0
    after: int = 0
    retry_after: str | None = None
    retry_after_date: float | None = None
    delay: float = 0.05
    drop: int = 1
    hold: float = 600.0
    skew: float = 0.0
    link: str = "http://127.0.0.1:9"

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist, before a test waits for it in vain."""
        if self.kind not in set(FaultKind):
            raise UsageError(
                f"There is no fault of the kind '{self.kind}'.",
                hint=f"Kinds: {', '.join(FaultKind)}.",
            )

    def pattern(self) -> re.Pattern[str]:
        """Return what matches the text `METHOD /path` of the exchanges meant."""
        method, _, path = self.route.rpartition(" ")
        parts = re.split(r"(\{[^}]*\}|\*)", path)
        text = "".join(_WILD.get(part[:1], re.escape(part)) for part in parts)
        return re.compile(f"{re.escape(method) if method else '[A-Z]+'} {text}")

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Fault:
        """Return the fault that a data file describes; raises UsageError for unknown members."""
        unknown = set(data) - {f.name for f in fields(cls)}
        if unknown or "kind" not in data:
            raise UsageError(
                f"A fault is not described correctly: {', '.join(sorted(unknown)) or 'no kind'}.",
                hint=f"Members: {', '.join(f.name for f in fields(cls))}.",
            )
        data = dict(data)
        if data.get("retry_after") is not None:
            data["retry_after"] = str(data["retry_after"])
        return cls(**data)


_WILD = {"{": "[^/]+", "*": ".*"}
