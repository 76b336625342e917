"""Looks into a blob container through a signed URL.

https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit

from batchdoctor.errors import AccessError, UnreachableError, UsageError
from batchdoctor.service.endpoint import is_loopback

_SECONDS = 20
_MOST_BYTES = 8 * 1024 * 1024
_REFUSED_FROM = 300


def count_blobs(container_url: str, prefix: str) -> int:
    """Count the blobs below a folder, up to the 5000 of one answer.

    Raises AccessError when the URL does not allow listing, UnreachableError when nobody answers,
    UsageError for what is no URL; none of them repeats it, because its signature is a secret.
    """
    # The same connections as for the account itself: its proxies, its certificates, no netrc.
    from batchdoctor.service.session import open_session

    if any(char.isspace() for char in container_url):
        raise UsageError("the container's address is not a valid URL: there is a blank in it")
    try:
        url = urlsplit(container_url)
        with (
            open_session(proxies=not is_loopback(url.hostname or "")) as session,
            session.get(
                _listing(url, prefix),
                headers={"x-ms-version": "2021-12-02"},
                timeout=_SECONDS,
                stream=True,
                allow_redirects=False,
            ) as answer,
        ):
            body: bytes = next(answer.iter_content(_MOST_BYTES), b"")
            status = answer.status_code
    except ValueError:
        raise UsageError("the container's address is not a valid URL") from None
    except OSError:
        raise UnreachableError(f"{url.hostname} could not be reached") from None
    if status >= _REFUSED_FROM:
        raise AccessError(
            f"the container could not be listed (HTTP {status}); the signature needs the right "
            "to list"
        )
    return len(re.findall(rb"<Blob>", body))


def _listing(url: SplitResult, prefix: str) -> str:
    query = f"restype=container&comp=list&prefix={quote(prefix, safe='')}&{url.query}".rstrip("&")
    return url._replace(query=query).geturl()
