"""Who is asking: shared-key signatures and bearer tokens, both really checked.

Source: https://learn.microsoft.com/rest/api/batchservice/authenticate-requests-to-the-azure-batch-service
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from batchdoctor.sandbox.clock import header_time, parse_header_time, seconds
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import Request

LONGEST_AGE = seconds(15 * 60)

_SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
_CHALLENGE = {
    "WWW-Authenticate": 'Bearer authorization_uri="https://login.microsoftonline.com/common", '
    'resource_id="https://batch.core.windows.net/"'
}


@dataclass(frozen=True, slots=True)
class Door:
    """What the account accepts: a key (empty for none), and tokens where the wire is safe."""

    account: str
    key: str
    tokens: frozenset[str]


def signature_of(key: str, text: str) -> str:
    """Return the base64 HMAC-SHA256 of a text under a base64 key."""
    return b64encode(hmac.digest(b64decode(key), text.encode(), hashlib.sha256)).decode()


def texts_to_sign(request: Request, account: str) -> Iterable[str]:
    """Yield what a correct client may have signed: query names as sent, or in lower case.

    A request is judged by the headers that it sent: a length that is not there is signed as empty.
    """
    headers = request.headers
    lines = [request.method, *(headers.get(name, "") for name in _SIGNED_HEADERS)]
    lines += [f"{n}:{v}" for n, v in sorted(headers.items()) if n.startswith("ocp-") and v]
    lines.append(f"/{account}{request.path}")
    as_sent = sorted(request.query.items())
    lowered = sorted((name.lower(), value) for name, value in as_sent)
    for query in (as_sent, lowered):
        yield "\n".join(lines + [f"{name}:{value}" for name, value in query if value])


def authenticate(request: Request, door: Door, now: int) -> None:
    """Let a request in, or refuse: 401 without a valid token, 403 for a bad signature."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "sharedkey":
        _check_signature(request, credential, door, now)
    elif scheme.lower() != "bearer" or credential not in door.tokens:
        raise ServiceError("AuthenticationFailed", status=401, headers=_CHALLENGE)


def _check_signature(request: Request, credential: str, door: Door, now: int) -> None:
    account, _, given = credential.partition(":")
    if not door.key:
        raise _denied("The authentication type SharedKey is not allowed for this account.")
    if account.lower() != door.account.lower():
        raise _denied(f"The account of the signature, '{account}', is not this account.")
    _check_date(request, now)
    texts = list(texts_to_sign(request, account))
    if not any(_equal(signature_of(door.key, t), given) for t in texts):
        shown = texts[0].replace("\n", "\\n")
        raise _denied(
            f"The signature '{given}' does not match any computed one. "
            f"The server used this string to sign: '{shown}'."
        )


def _check_date(request: Request, now: int) -> None:
    text = request.headers.get("ocp-date") or request.headers.get("date", "")
    sent = parse_header_time(text)
    if sent is None:
        raise _denied("The ocp-date header is missing or is not a date.")
    if abs(now - sent) > LONGEST_AGE:
        raise _denied(
            f"The request's date, {text}, is more than 15 minutes away from the server's, "
            f"{header_time(now)}."
        )


def _denied(detail: str) -> ServiceError:
    return ServiceError("AuthenticationFailed", AuthenticationErrorDetail=detail)


def _equal(computed: str, given: str) -> bool:
    return hmac.compare_digest(computed.encode(), given.encode())
