"""Microsoft Entra tokens through azure-identity, with limits on its waits and one-line errors."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Any

from batchdoctor.errors import AccessError, UsageError
from batchdoctor.service.wording import one_line

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo

    from batchdoctor.service.account import EntraIdentity

# Without these a metadata service that accepts and stays silent holds a command for 300 s. az and
# its relatives are programs, which get their own limit.
LIMITS: dict[str, Any] = {
    "connection_timeout": 3,
    "read_timeout": 5,
    "retry_total": 1,
    "retry_status": 1,
    "process_timeout": 15,
}
FIXES = {
    "EnvironmentCredential": "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
    "WorkloadIdentityCredential": "set AZURE_FEDERATED_TOKEN_FILE",
    "ManagedIdentityCredential": "works on Azure machines that have an identity",
    "AzureCliCredential": "az login",
    "AzurePowerShellCredential": "Connect-AzAccount",
    "AzureDeveloperCliCredential": "azd auth login",
}
SHOWN_REASON = 100
_NOWHERE = logging.NullHandler()


class TokenSource:
    """A credential in the shape that azure-core asks for, which can forget what it has cached."""

    def __init__(self, identity: EntraIdentity) -> None:
        self._identity = identity
        self._lock = threading.Lock()
        self._credential: Any = None

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """Return a token; raises `AccessError` that says in one line what each way in said."""
        from azure.core.exceptions import AzureError

        try:
            with self._lock:
                if self._credential is None:
                    self._credential = self._build()
                token: AccessTokenInfo = self._credential.get_token_info(*scopes, options=options)
        except AzureError as error:
            raise _no_token(str(error.message)) from None
        return token

    @property
    def winner(self) -> str | None:
        """The class of azure-identity that gave the token; None before, or where it does not say.

        https://learn.microsoft.com/python/api/azure-identity/azure.identity.chainedtokencredential
        """
        # A chain keeps it to itself, and tells it otherwise in its log only.
        found = getattr(self._credential, "_successful_credential", None)
        return None if found is None else type(found).__name__

    def renew(self) -> None:
        """Forget every cached token.

        azure-core drops its own copy after a 401, but the credential keeps another, which it would
        hand out again for as long as it looks valid by this computer's clock.
        """
        with self._lock:
            self._close()
            self._credential = None

    def close(self) -> None:
        """Close the connections over which tokens came."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._credential is not None:
            self._credential.close()

    def _build(self) -> Any:
        from azure.identity import DefaultAzureCredential

        # It logs a failed chain as a dozen lines, which Python prints when nobody set up logging.
        logging.getLogger("azure").addHandler(_NOWHERE)
        limits = dict(LIMITS)
        if self._identity.authority:
            limits["authority"] = self._identity.authority
        try:
            return DefaultAzureCredential(**limits)
        except ValueError as error:
            raise UsageError(
                f"The sign-in settings of the environment are wrong: {one_line(str(error))}",
                hint="AZURE_TOKEN_CREDENTIALS takes dev, prod or the name of one credential.",
            ) from None


def _no_token(message: str) -> AccessError:
    return AccessError(
        "No Microsoft Entra token could be had: " + summarise(message),
        hint="Sign in with az login, or use the account's key: AZURE_BATCH_ACCESS_KEY.",
    )


def summarise(message: str) -> str:
    """Shorten azure-identity's report of a failed chain to one clause for each credential."""
    tried = re.findall(r"^\s*(\w+Credential)\s*: (.+)$", message, re.MULTILINE)
    # The others need extra packages that nobody here has installed.
    tried = [(name, reason) for name, reason in tried if name in FIXES]
    if not tried:
        return one_line(message.split("\n", maxsplit=1)[0])
    return "; ".join(_clause(name, reason) for name, reason in tried) + "."


def _clause(name: str, reason: str) -> str:
    said = one_line(re.sub(rf"^{name} authentication unavailable[.,] ", "", reason))
    said = re.split(r"(?<=[a-z])\. ", said, maxsplit=1)[0].rstrip(".")[:SHOWN_REASON]
    return f"{name.removesuffix('Credential')}: {said} ({FIXES[name]})"
