"""Blobs in which tasks saved their files: read in ranges, and listed, without a package for it.

The service's own client takes longer to import than most blobs to read, and hides what was sent.

https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
https://learn.microsoft.com/rest/api/storageservices/get-blob
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from batchdoctor.errors import AccessError, NotFoundError
from batchdoctor.service.broken import fault_of_exception
from batchdoctor.service.endpoint import is_loopback
from batchdoctor.service.faults import KINDS, PASSING, Fault
from batchdoctor.service.source import BlobFile
from batchdoctor.service.storage import Means, StorageSettings
from batchdoctor.service.stretch import Part
from batchdoctor.service.transport import Stream
from batchdoctor.service.wording import one_line

if TYPE_CHECKING:
    from batchdoctor.service.account import Account
    from batchdoctor.service.identity import TokenSource

VERSION = "2021-12-02"
SCOPE = "https://storage.azure.com/.default"
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 35.0
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# What is answered to one who shows nothing, where more than a name is asked for.
_PRIVATE = frozenset({"ResourceNotFound", "PublicAccessNotPermitted"})
_HINT = (
    "Name the storage account and its key, AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY, "
    "or sign in with az login and use --auth entra."
)
Wait = tuple[float, float]


class Blobs:
    """The storage that tasks of one account name. Usable by several threads."""

    def __init__(
        self, account: Account, now: Callable[[], datetime], *, offline: bool = False
    ) -> None:
        self._offline = offline
        self.settings: StorageSettings = account.storage
        self._account = account
        self._now = now
        self._lock = threading.Lock()
        self._sessions: dict[bool, Any] = {}
        self._tokens: TokenSource | None = None
        self._no_token: AccessError | None = None
        self._worked: dict[str, Means] = {}
        self.sent = 0

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()
            if self._tokens is not None:
                self._tokens.close()

    def open(
        self,
        method: str,
        blob: BlobFile,
        limit: float,
        part: Part | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Stream:
        """Send a request and return its answer unread; raises `Fault` unless it is a success.

        What gives access is tried in turn: the URL's own signature, a key, a token. What was let in
        once is tried first in the same container. Where the account is a recorded one no storage
        is asked.
        """
        if self._offline:
            raise Fault("it was not taken into the bundle", NotFoundError)
        refusal: Fault | None = None
        for means in self._means(blob):
            try:
                stream = self._send(means, method, blob, limit, part, query or {})
            except AccessError as error:
                refusal = refusal or Fault(error.message, AccessError, hint=error.hint)
                continue
            except Fault as fault:
                if fault.status not in _REFUSED:
                    raise
                refusal = refusal or fault
                continue
            self._worked[blob.container] = means
            return stream
        raise refusal or Fault("nothing gives access", AccessError, hint=_HINT)

    def _means(self, blob: BlobFile) -> list[Means]:
        named = self.settings.signature and self.settings.is_named(blob.url)
        ways: list[Means] = ["signature"] if blob.signature or named else []
        if self.settings.may_take_key(blob.url):
            ways.append("key")
        if self._has_identity() and self.settings.may_take_identity(blob.url):
            ways.append("identity")
        worked = self._worked.get(blob.container)
        return sorted(ways or ["nothing"], key=lambda means: means != worked)

    def _has_identity(self) -> bool:
        # Signing in takes seconds where nobody is signed in, so a key's user is not made to.
        return hasattr(self._account.credential, "scope")

    def _send(
        self,
        means: Means,
        method: str,
        blob: BlobFile,
        limit: float,
        part: Part | None,
        query: Mapping[str, str],
    ) -> Stream:
        headers = {
            "x-ms-version": VERSION,
            "x-ms-date": format_datetime(self._now(), usegmt=True),
            "Accept-Encoding": "identity",
        }
        if part is not None:
            headers["Range"] = f"bytes={part.first}-{part.end - 1}"
        url = f"{blob.url}?{urlencode(query)}" if query else blob.url
        if means == "key":
            headers["Authorization"] = self._signed(method, url, headers)
        elif means == "identity":
            headers["Authorization"] = f"Bearer {self._token()}"
        elif means == "signature":
            own = blob.signature or self.settings.signature or ""
            url = f"{url}{'&' if query else '?'}{own}"
        wait = (min(CONNECT_SECONDS, limit), min(SILENT_SECONDS, limit))
        return self._exchange(method, url, headers, wait, means)

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], wait: Wait, means: Means
    ) -> Stream:
        host = urlsplit(url).hostname or ""
        with self._lock:
            self.sent += 1
        try:
            response = self._session(host).request(
                method, url, headers=headers, timeout=wait, stream=True, allow_redirects=False
            )
        except OSError as error:  # of which all of requests' own are
            # Without its cause, whose words have the URL and its signature in them.
            fault = fault_of_exception(error, host)
            # Who saved files there may be gone for good; what was never reached is asked once.
            fault.passing = fault.passing and fault.acted
            raise fault from None
        if response.status_code in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            if "x-ms-request-id" in response.headers:
                return Stream(response, response.raw, host)
            response.close()
            raise Fault(f"the answer of {host} is not that of a storage account")
        response.close()
        raise _fault(response, host, means)

    def _session(self, host: str) -> Any:
        here = is_loopback(host)
        with self._lock:
            if here not in self._sessions:
                from batchdoctor.service.session import open_session

                self._sessions[here] = open_session(proxies=not here)
            return self._sessions[here]

    def _signed(self, method: str, url: str, headers: Mapping[str, str]) -> str:
        account = self.settings.account_of(url)
        parts = urlsplit(url)
        own = "".join(f"{name}:{headers[name]}\n" for name in ("x-ms-date", "x-ms-version"))
        query = sorted((name.lower(), value) for name, value in parse_qsl(parts.query))
        resource = f"/{account}{parts.path}" + "".join(f"\n{n}:{unquote(v)}" for n, v in query)
        # Ten headers stand between the verb and the range, and none of them is sent.
        text = f"{method}{chr(10) * 11}{headers.get('Range', '')}\n{own}{resource}"
        try:
            key = base64.b64decode(self.settings.key or "")
        except ValueError:
            raise AccessError("the key of the storage account is not valid base64") from None
        digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
        return f"SharedKey {account}:{base64.b64encode(digest).decode()}"

    def _token(self) -> str:
        """A token of the storage's own scope. Raises AccessError, the second time at once."""
        from batchdoctor.service.account import EntraIdentity
        from batchdoctor.service.identity import TokenSource

        credential = self._account.credential
        with self._lock:
            if self._no_token is not None:
                raise self._no_token
            if self._tokens is None:
                authority = getattr(credential, "authority", None)
                self._tokens = TokenSource(EntraIdentity(SCOPE, authority))
            tokens = self._tokens
        try:
            return str(tokens.get_token_info(SCOPE).token)
        except AccessError as error:
            self._no_token = error
            raise


def _fault(response: Any, host: str, means: Means) -> Fault:
    """Translate an answer that is not a success; the body says nothing that the headers do not."""
    status: int = response.status_code
    code = one_line(response.headers.get("x-ms-error-code", "")) or None
    if status in _REFUSED or code in _PRIVATE:
        whose = {
            "signature": "the signature of its URL does not give access",
            "key": "the key of the storage account does not give access",
            "identity": "the signed-in identity does not have access",
            "nothing": "nothing that gives access to it is known",
        }[means]
        return Fault(
            f"{whose} ({code or f'HTTP {status}'})",
            AccessError,
            status=status,
            code=code,
            hint=_HINT,
        )
    why = {
        "BlobNotFound": "there is no such blob",
        "ContainerNotFound": "there is no such container",
        "BlobArchived": "the blob is archived",
    }.get(code or "", f"{host} answered {code or f'HTTP {status}'}")
    return Fault(
        why,
        KINDS.get(status) or Fault("").kind,
        passing=status in PASSING,
        status=status,
        code=code,
        request_id=response.headers.get("x-ms-request-id"),
    )
