"""Looks into a blob container through a signed URL.

https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.client import HTTPException, InvalidURL
from urllib.parse import SplitResult, quote, urlsplit

from batchdoctor.errors import AccessError, UnreachableError, UsageError

_SECONDS = 20
_MOST_BYTES = 8 * 1024 * 1024


def count_blobs(container_url: str, prefix: str) -> int:
    """Count the blobs below a folder, up to the 5000 of one answer.

    Raises AccessError when the URL does not allow listing, UnreachableError when nobody answers,
    UsageError for what is no URL; none of them repeats it, because its signature is a secret.
    """
    try:
        url = urlsplit(container_url)
        request = urllib.request.Request(  # noqa: S310
            _listing(url, prefix), headers={"x-ms-version": "2021-12-02"}
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - http(s) only
            body: bytes = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        raise AccessError(
            f"the container could not be listed (HTTP {error.code}); the signature needs the right "
            "to list"
        ) from None
    except (InvalidURL, ValueError):
        raise UsageError("the container's address is not a valid URL") from None
    except (OSError, HTTPException):
        raise UnreachableError(f"{url.hostname} could not be reached") from None
    return len(re.findall(rb"<Blob>", body))


def _listing(url: SplitResult, prefix: str) -> str:
    query = f"restype=container&comp=list&prefix={quote(prefix, safe='')}&{url.query}".rstrip("&")
    return url._replace(query=query).geturl()
