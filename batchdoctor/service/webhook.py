"""Posts a document to a URL that somebody gave, with the retries of all other requests.

The URL of a webhook is a secret: whoever has it can post. So it is told by its host only.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchdoctor.errors import UnreachableError, UsageError
from batchdoctor.service.faults import PASSING, Fault, parse_retry_after
from batchdoctor.service.retry import RetryPolicy

if TYPE_CHECKING:
    import requests

_CONNECT_SECONDS = 5.0
_SILENT_SECONDS = 30.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def place_of(url: str) -> str:
    """Where a URL leads, without what opens it. Raises UsageError for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise UsageError("--notify names a URL without a host.", hint="https://HOST/PATH")
    if parts.scheme != "https" and host not in _LOOPBACK:
        raise UsageError(
            f"--notify posts to {host} over https only: what it tells is nobody else's.",
            hint=f"https://{host}/...",
        )
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def post(
    url: str,
    body: bytes,
    retry: RetryPolicy,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Post JSON, again where that may help. Raises UnreachableError, and UsageError for the URL.

    A receiver that knows of `Idempotency-Key` takes a document once, also if its answer was lost.
    """
    from batchdoctor.service.session import open_session  # and with it requests

    place = place_of(url)
    proxies = urlsplit(url).hostname not in _LOOPBACK
    with open_session(proxies=proxies) as session:
        retry.run(f"post to {place}", lambda limit: _attempt(session, url, body, limit, now))


def _attempt(
    session: requests.Session,
    url: str,
    body: bytes,
    limit: float,
    now: Callable[[], datetime],
) -> None:
    import requests

    until = time.monotonic() + limit
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": hashlib.sha256(body).hexdigest(),
    }
    timeout = (min(_CONNECT_SECONDS, limit), min(_SILENT_SECONDS, limit))
    try:
        # Its answer is of no interest but for its status, so it is not read.
        with session.post(
            url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
        ) as answer:
            status, told = answer.status_code, dict(answer.headers)
    except (requests.RequestException, OSError, ValueError) as error:
        # Messages of requests hold the URL.
        raise Fault(_why(error), passing=time.monotonic() < until) from error
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    raise Fault(
        f"it answered HTTP {status}",
        UnreachableError,
        passing=status in PASSING,
        status=status,
        retry_after=parse_retry_after(told, now()),
    )


def _why(error: Exception) -> str:
    import requests

    kinds: tuple[tuple[type[Exception], str], ...] = (
        (requests.exceptions.SSLError, "its certificate is not to be trusted"),
        (requests.exceptions.ProxyError, "the proxy lets nothing through"),
        (requests.exceptions.Timeout, "it does not answer"),
        (TimeoutError, "it does not answer"),
        (requests.exceptions.ConnectionError, "it cannot be reached"),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), "the post failed")
