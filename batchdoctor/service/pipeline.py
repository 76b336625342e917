"""How azure-batch's client is built so that it does one exchange for each call, and no more."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batchdoctor.errors import UsageError
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.broken import BUNDLES
from batchdoctor.service.endpoint import is_loopback

if TYPE_CHECKING:
    from azure.batch import BatchClient

    from batchdoctor.service.identity import TokenSource


class Unsuccessful(Exception):  # noqa: N818 - it carries an answer out of the pipeline
    """An answer that is not a success."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.response = response


def connect(account: Account) -> tuple[BatchClient, TokenSource | None]:
    """Build the client of an account, and the source of its tokens where it uses tokens.

    Imports azure, and azure-identity only for an Entra identity. Raises `UsageError` for a token
    that would travel over plain http.
    """
    from azure.batch import BatchClient
    from azure.core.pipeline.transport import RequestsTransport

    from batchdoctor.service.session import open_session

    if account.endpoint.startswith("https://"):
        _check_bundle(os.environ)
    here = is_loopback(urlsplit(account.endpoint).hostname or "")
    options: dict[str, Any] = {
        "transport": RequestsTransport(session=open_session(proxies=not here)),
        # One owner of retries, and it is not the SDK.
        "retry_total": 0,
        "retry_connect": 0,
        "retry_read": 0,
        "retry_status": 0,
        # The service redirects nobody; a sign-in page does.
        "permit_redirects": False,
        "per_retry_policies": [_stop_at_refusals()],
    }
    if isinstance(account.credential, SharedKey):
        from azure.core.credentials import AzureNamedKeyCredential

        key = AzureNamedKeyCredential(account.name, account.credential.key)
        return BatchClient(account.endpoint, key, **options), None
    if not account.endpoint.startswith("https://"):
        raise UsageError(
            f"A Microsoft Entra token is not sent over plain http to {account.host}.",
            hint="Use an https endpoint, or an account key: --auth key",
        )
    from batchdoctor.service.identity import TokenSource

    tokens = TokenSource(account.credential)
    options["credential_scopes"] = [account.credential.scope]
    credential: Any = tokens
    return BatchClient(account.endpoint, credential, **options), tokens


def _check_bundle(environment: Mapping[str, str]) -> None:
    """Raise UsageError for a file of trusted certificates that is none.

    The libraries tell of it as of a broken connection, which would be tried again.
    """
    name = next((name for name in BUNDLES if environment.get(name)), None)
    if name is None or Path(environment[name]).is_dir():
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(environment[name])
    except (OSError, ValueError) as error:  # of which ssl's own error is one
        missing = isinstance(error, FileNotFoundError)
        raise UsageError(
            f"The file of trusted certificates that {name} names "
            f"{'does not exist' if missing else 'holds no certificate that can be read'}.",
            hint=f"Correct or unset {name}; it names a file in PEM format, or a folder.",
        ) from error


def _stop_at_refusals() -> Any:
    """Take answers that are no success out of the pipeline before the SDK looks at them.

    Its own policy reads their body without a limit, logs a traceback when that is not JSON, and
    picks exception classes by If-Match and status, which say nothing about the cause.
    """
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class StopAtRefusals(SansIOHTTPPolicy[Any, Any]):
        def on_response(self, request: Any, response: Any) -> None:  # noqa: ARG002 - its interface
            if not 200 <= response.http_response.status_code < 300:  # noqa: PLR2004 - HTTP
                raise Unsuccessful(response.http_response)

    return StopAtRefusals()
