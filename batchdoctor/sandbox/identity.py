"""The token endpoint of a managed identity, so that a real credential chain can sign in."""

from __future__ import annotations

import json

from batchdoctor.sandbox.clock import TICKS_PER_SECOND
from batchdoctor.sandbox.protocol.authentication import Door
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import Reply, Request

TOKEN_PATH = "/.identity/token"  # noqa: S105  # an address
IDENTITY_HEADER = "sandbox-identity"
_LIFETIME = 3600


def token_reply(request: Request, door: Door, moment: int) -> Reply:
    """Hand out an accepted token, as the identity endpoint of an app host does.

    Shape: https://learn.microsoft.com/azure/app-service/overview-managed-identity
    """
    if request.headers.get("x-identity-header") != IDENTITY_HEADER or not door.tokens:
        raise ServiceError("AuthenticationFailed", status=401)
    document = {
        "access_token": min(door.tokens),
        "expires_on": str(moment // TICKS_PER_SECOND + _LIFETIME),
        "resource": request.query.get("resource", ""),
        "token_type": "Bearer",
    }
    body = json.dumps(document).encode()
    return Reply(200, body, {"Content-Type": "application/json"}, length=True)
