"""A client of its own: signs by the documentation and shows answers as they came; and a clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from batchdoctor.sandbox import Sandbox

VERSION = "api-version=2025-06-01"


@dataclass
class Clock:
    """The account's time, moved by hand."""

    time: datetime = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class Answer:
    """One answer as it came over the wire."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """Sends requests that it signs itself."""

    sandbox: Sandbox
    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        split = urlsplit(target)
        given = {name.lower(): value for name, value in headers.items()}
        names = "content-encoding content-language content-length content-md5 content-type date "
        names += "if-modified-since if-match if-none-match if-unmodified-since range"
        lines = [method, *(given.get(name, "") for name in names.split())]
        lines += [f"{n}:{v}" for n, v in sorted(given.items()) if n.startswith("ocp-")]
        lines.append(f"/{self.sandbox.account_name}{split.path}")
        lines += [f"{n}:{v}" for n, v in sorted((n.lower(), v) for n, v in parse_qsl(split.query))]
        key = base64.b64decode(self.key or self.sandbox.key)
        digest = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()
        return f"SharedKey {self.sandbox.account_name}:{base64.b64encode(digest).decode()}"

    def send(
        self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        payload = json.dumps(body).encode() if body is not None else b""
        sent = {"ocp-date": formatdate(usegmt=True), **self.headers, **(headers or {})}
        if method not in {"GET", "HEAD"}:
            sent |= {"Content-Length": str(len(payload))}
            sent.setdefault("Content-Type", "application/json; odata=minimalmetadata")
        sent.setdefault("Authorization", self.sign(method, target, sent))
        connection = http.client.HTTPConnection(urlsplit(self.sandbox.url).netloc, timeout=10)
        try:
            connection.request(method, target, payload or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.reason, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path: str, query: str = "", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", f"{path}?{VERSION}{'&' if query else ''}{query}", headers=named)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.send("POST", f"{path}?{VERSION}", body)
