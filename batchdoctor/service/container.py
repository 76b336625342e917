"""Looks into a blob container through a signed URL.

https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

from batchdoctor.errors import AccessError, UnreachableError

_SECONDS = 20
_MOST_BYTES = 8 * 1024 * 1024


def count_blobs(container_url: str, prefix: str) -> int:
    """Count the blobs below a folder, up to the 5000 of one answer.

    Raises AccessError when the URL does not allow listing, UnreachableError when nobody answers;
    neither repeats the URL, whose signature is a secret.
    """
    url = urlsplit(container_url)
    query = f"restype=container&comp=list&prefix={quote(prefix, safe='')}&{url.query}".rstrip("&")
    listing = url._replace(query=query).geturl()
    request = urllib.request.Request(listing, headers={"x-ms-version": "2021-12-02"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - http(s) only
            body: bytes = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        raise AccessError(
            f"the container could not be listed (HTTP {error.code}); the signature needs the right "
            "to list"
        ) from None
    except OSError:
        raise UnreachableError(f"{url.hostname} could not be reached") from None
    return len(re.findall(rb"<Blob>", body))
