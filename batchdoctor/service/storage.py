"""Which storage account is known by name, and which credential may travel to which host.

A task names the containers it saves to, and anybody who may submit tasks may name any host there.
So a key or a token goes only to Azure's own storage of the account's cloud, or to the account that
the user or az's configuration names, and a signature to the URL that it came with.

https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from batchdoctor.service.endpoint import cloud_of, is_loopback
from batchdoctor.service.settings import Setting, Sources

Means = Literal["signature", "key", "identity", "nothing"]
# What libraries read in different ways is refused: it is not known where they would send things to.
# Compiled when it is needed, which is seldom.
_URL = (
    r"(?P<origin>(?P<scheme>https?)://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)"
    r"(?P<path>/[A-Za-z0-9$%&'()+,;=@._~/!*:-]*)?(?:\?(?P<query>[!-~]*))?"
)
_PUBLIC = "blob.core.windows.net"
# Accounts of the newer kind have a number in their hosts.
_ZONES = (".blob.storage.azure.net",)
_NAME = r"[a-z0-9]{3,24}"


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The storage account that is named, if one is; `endpoint` is that of its blobs.

    `suffix` ends the hosts of all storage accounts of the Batch account's cloud.
    """

    suffix: str = _PUBLIC
    endpoint: str | None = None
    name: str | None = None
    key: str | None = field(default=None, repr=False)
    signature: str | None = field(default=None, repr=False)
    origin: str = ""
    """Where the account is named."""

    def is_named(self, url: str) -> bool:
        """Whether a URL lies in the account that is named."""
        return self.endpoint is not None and f"{url}/".lower().startswith(
            f"{self.endpoint}/".lower()
        )

    def is_azure(self, url: str) -> bool:
        """Whether a URL lies in Azure's own storage, of the cloud of the Batch account."""
        parts = urlsplit(url)
        suffixes = (f".{self.suffix}", *(_ZONES if self.suffix == _PUBLIC else ()))
        return parts.scheme == "https" and (parts.hostname or "").lower().endswith(suffixes)

    def account_of(self, url: str) -> str:
        """The account's name, as it is signed."""
        named = self.name if self.is_named(url) else None
        parts = urlsplit(url)
        if named is None and is_loopback(parts.hostname or ""):
            # An emulator on this machine has its account in the path.
            return parts.path.strip("/").partition("/")[0]
        return named or (parts.hostname or "").partition(".")[0]

    def may_take_key(self, url: str) -> bool:
        """Whether the key is of this URL's account, as far as anybody said."""
        if self.key is None:
            return False
        return self.is_named(url) if self.endpoint else self.is_azure(url)

    def may_take_identity(self, url: str) -> bool:
        """Whether a token may be sent there: over https alone, to Azure or to what is named."""
        return self.is_azure(url) or (url.startswith("https://") and self.is_named(url))


def storage_settings(sources: Sources, stored: Mapping[str, Setting], host: str) -> StorageSettings:
    """What the environment and az's `[storage]` section say, under the names that az gives them.

    `host` is that of the Batch account, which tells the cloud.
    """
    suffix = cloud_of(host).storage

    def found(variable: str, key: str) -> Setting | None:
        return sources.variable(variable) or stored.get(key)

    text = found("AZURE_STORAGE_CONNECTION_STRING", "connection_string")
    parts = _connection(text.value) if text else {}
    account = found("AZURE_STORAGE_ACCOUNT", "account")
    name = account.value if account else parts.get("accountname")
    url = found("AZURE_STORAGE_SERVICE_ENDPOINT", "service_endpoint")
    whole = url.value if url else parts.get("blobendpoint")
    key = found("AZURE_STORAGE_KEY", "key")
    signature = found("AZURE_STORAGE_SAS_TOKEN", "sas_token")
    origin = next((each.origin for each in (url, account, text) if each), "")
    return StorageSettings(
        suffix=suffix,
        endpoint=_endpoint(whole, name, parts.get("endpointsuffix"), suffix),
        name=name,
        key=key.value if key else parts.get("accountkey"),
        signature=(signature.value if signature else parts.get("sharedaccesssignature") or "")
        .lstrip("?")
        .strip()
        or None,
        origin=origin,
    )


def _endpoint(whole: str | None, name: str | None, own: str | None, suffix: str) -> str | None:
    """The endpoint of the blobs of the account that is named; None where none is, or no URL."""
    if whole:
        found = split_url(whole)
        return f"{found.origin}{found.path}" if found else None
    if not name or not re.fullmatch(_NAME, name):
        return None
    return f"https://{name}.{f'blob.{own}' if own else suffix}"


def _connection(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs if value.strip()}


@dataclass(frozen=True, slots=True)
class StorageUrl:
    """A URL in parts; the path is as it stood, without a slash at its end."""

    origin: str
    path: str
    query: str = field(repr=False)


def split_url(text: str) -> StorageUrl | None:
    """Take a URL of storage apart; None for what is no such URL, or not encrypted on its way.

    Plain http is for this computer only, where an emulator listens.
    """
    found = re.fullmatch(_URL, text.strip())
    if found is None:
        return None
    host = urlsplit(found["origin"]).hostname or ""
    if found["scheme"] == "http" and not is_loopback(host):
        return None
    return StorageUrl(found["origin"], (found["path"] or "").rstrip("/"), found["query"] or "")
