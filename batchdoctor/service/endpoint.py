"""What an account endpoint may look like, and which Azure cloud it belongs to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import msgspec

from batchdoctor.errors import UsageError


class Cloud(msgspec.Struct, frozen=True):
    """One of the Azure clouds; `authority` is None where azure-identity's default is right.

    `storage` ends the hosts of its blobs.
    """

    suffix: str
    scope: str
    authority: str | None
    storage: str


# The audience of Batch ends in a slash of its own, hence the two slashes before `.default`.
# https://learn.microsoft.com/azure/batch/batch-aad-auth
CLOUDS = (
    Cloud(
        "batch.azure.com",
        "https://batch.core.windows.net//.default",
        None,
        "blob.core.windows.net",
    ),
    Cloud(
        "batch.chinacloudapi.cn",
        "https://batch.chinacloudapi.cn//.default",
        "login.chinacloudapi.cn",
        "blob.core.chinacloudapi.cn",
    ),
    Cloud(
        "batch.usgovcloudapi.net",
        "https://batch.core.usgovcloudapi.net//.default",
        "login.microsoftonline.us",
        "blob.core.usgovcloudapi.net",
    ),
    Cloud(
        "batch.cloudapi.de",
        "https://batch.cloudapi.de//.default",
        "login.microsoftonline.de",
        "blob.core.cloudapi.de",
    ),
)

# What every library reads as the same host.
_LABEL = r"[a-z0-9_-]{1,63}"
_HOST = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*{_LABEL}\.?|[0-9a-f.]*:[0-9a-f:.]+")


def cloud_of(host: str) -> Cloud:
    """Return the cloud of an endpoint's host name; the public one for a host in none of them."""
    for cloud in CLOUDS:
        if host.lower().endswith("." + cloud.suffix):
            return cloud
    return CLOUDS[0]


def parse_endpoint(text: str, origin: str) -> SplitResult:
    """Return an endpoint as a URL of scheme, host in lower case, and port where it names one.

    Raises `UsageError` for anything else, and for plain http to another computer. `origin` says
    where the text came from.
    """
    hint = "An endpoint looks like NAME.REGION.batch.azure.com."
    # Of these urlsplit takes some away without a word, and makes another host of what is left.
    if any(char.isspace() or not char.isprintable() for char in text):
        raise UsageError(f"{text!r} from {origin} is not an endpoint.", hint=hint)
    try:
        url = urlsplit((text if "://" in text else f"https://{text}").rstrip("/"))
        port = url.port
    except ValueError:
        raise UsageError(f"The endpoint from {origin} is not a URL.", hint=hint) from None
    if "@" in url.netloc:
        # Whatever stands before the @ may be a password, so the text is not repeated.
        raise UsageError(f"The endpoint from {origin} holds a user name or password.", hint=hint)
    host = (url.hostname or "").lower()
    beyond = url.path or url.query or url.fragment
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or beyond:
        raise UsageError(f"{text!r} from {origin} is not an endpoint.", hint=hint)
    if url.scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"The endpoint {text} from {origin} is plain http, which is accepted for the loopback "
            "addresses of this computer only.",
            hint=f"Use https://{url.netloc}",
        )
    shown = f"[{host}]" if ":" in host else host
    return url._replace(netloc=shown if port is None else f"{shown}:{port}")


def is_loopback(host: str) -> bool:
    """Whether a host can only mean this computer."""
    return host.lower() == "localhost" or (
        is_address(host) and ipaddress.ip_address(host).is_loopback
    )


def is_address(host: str) -> bool:
    """Whether a host is an IP address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
