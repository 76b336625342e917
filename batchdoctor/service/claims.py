"""What a Microsoft Entra token says of itself: tenant, identity, end. The token stays here."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.service.identity import TokenSource

if TYPE_CHECKING:
    from batchdoctor.service.account import EntraIdentity


@dataclass(frozen=True, slots=True)
class Claims:
    """What is worth knowing of a token; None is what it does not say.

    `source` is the member of azure-identity's chain that it came from.
    """

    expires: datetime
    source: str | None = None
    tenant: str | None = None
    audience: str | None = None
    application: str | None = None
    user: str | None = None


class _Payload(msgspec.Struct):
    tid: str | None = None
    aud: str | None = None
    appid: str | None = None
    upn: str | None = None
    unique_name: str | None = None


def read_claims(identity: EntraIdentity) -> Claims:
    """Ask for a token as the account's client does, and read it. Raises `AccessError`.

    The claims are shown, never trusted: the service checks the signature, we need not.
    """
    chain = TokenSource(identity)
    token = chain.get_token_info(identity.scope)
    told = _payload(token.token)
    return Claims(
        expires=datetime.fromtimestamp(token.expires_on, UTC),
        source=chain.winner,
        tenant=told.tid,
        audience=told.aud,
        application=told.appid,
        user=told.upn or told.unique_name,
    )


def _payload(token: str) -> _Payload:
    """The second part of a JSON web token; nothing for any other kind of token."""
    parts = token.split(".")
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(body, type=_Payload)
    except (IndexError, binascii.Error, ValueError, msgspec.MsgspecError):
        return _Payload()
