"""Writes a blob into a container, as the agent of a node does for its tasks.

https://learn.microsoft.com/rest/api/storageservices/put-blob
"""

from __future__ import annotations

from urllib.request import ProxyHandler, Request, build_opener

_HEADERS = {"x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02"}
_SECONDS = 20


def put_blob(signed_url: str, content: bytes) -> None:
    """Write a blob whole, or write it anew. Raises OSError."""
    request = Request(signed_url, content, _HEADERS, method="PUT")  # noqa: S310 - as a task says
    # An emulator on this computer is never behind a proxy.
    with build_opener(ProxyHandler({})).open(request, timeout=_SECONDS):
        pass
