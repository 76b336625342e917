"""A request as it arrived, a reply as a value that nobody has written yet, how it goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(slots=True)
class Request:
    """One request; `status` is what was answered, None when no answer was sent.

    `sent` counts the bytes of the answer's body that were handed to the wire, framing included.

    `path` is as it came, percent signs and all, because signatures are made over it. Header names
    are in lower case.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    target: str = ""
    status: int | None = None
    sent: int = 0

    @classmethod
    def parse(
        cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Request:
        """Take a request line's target apart; the first of repeated query names counts."""
        split = urlsplit(target)
        query: dict[str, str] = {}
        for name, value in parse_qsl(split.query):
            query.setdefault(name, value)
        return cls(method, split.path, query, dict(headers), body, target)

    @property
    def segments(self) -> list[str]:
        """The decoded parts of the path."""
        return [unquote(part) for part in self.path.split("/") if part]

    def query_value(self, name: str) -> str | None:
        """Return a query value, the name's case left aside."""
        for key, value in self.query.items():
            if key.lower() == name.lower():
                return value
        return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What will be answered: `body` is written chunked, or with its length when `length` is set.

    `foreign`: somebody between client and service answers, without the service's own headers.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    length: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply goes over the wire: how much of it, how slowly, and how it ends.

    `part` is the share of the head, then of the body, that is sent: 0 nothing, 1 the whole head,
    2 everything. `end` is `keep`, `reset`, `close` or `hold`.
    """

    part: float = 2.0
    end: str = "keep"
    delay: float = 0.0
    drop: int = 0
    hold: float = 0.0
    without_length: bool = False
    without_last_chunk: bool = False


WHOLE = Delivery()

JSON_TYPE = "application/json;odata=minimalmetadata"


def json_reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply with a JSON document."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, body, {**(headers or {}), "Content-Type": JSON_TYPE})
