"""Pages of a listing: how many items, where the next begins, and a token that only we can read."""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_query

LARGEST_PAGE = 1000

# Encodes to `+/+/`: every token holds characters that a careless client breaks.
_MARK = b"\xfb\xff\xbf"
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """One request for a page: the link it came by, its query, and how long a page may be."""

    url: str
    path: str
    query: dict[str, str]
    secret: bytes
    page_size: int = LARGEST_PAGE

    def _digest(self, seq: int) -> bytes:
        stable = {k: v for k, v in self.query.items() if k in {"$filter", "recursive"}}
        text = f"{self.path}\n{sorted(stable.items())}\n{seq}"
        return hmac.digest(self.secret, text.encode(), hashlib.sha256)[:_DIGEST]

    def token(self, seq: int) -> str:
        """Return the opaque token for what comes after an item."""
        return b64encode(_MARK + struct.pack(">q", seq) + self._digest(seq)).decode()

    def position(self) -> int:
        """Return the item after which this page begins; refuses a token that is not ours."""
        token = self.query.get("$skiptoken")
        if token is None:
            return -1
        try:
            raw = b64decode(token, validate=True)
            (seq,) = struct.unpack(">q", raw[3:11])
        except (ValueError, struct.error):
            raise bad_query("$skiptoken", token, "The token cannot be read.") from None
        if not hmac.compare_digest(raw, _MARK + raw[3:11] + self._digest(seq)):
            raise bad_query("$skiptoken", token, "The token does not belong to this listing.")
        return int(seq)

    def limit(self) -> int:
        """Return the largest number of items for this page."""
        text = self.query.get("maxresults")
        if text is None:
            return self.page_size
        if not text.lstrip("-").isdigit():
            raise bad_query("maxresults", text, "The value is not a number.")
        if int(text) < 1:
            raise bad_query("maxresults", text, "MaxResults cannot be less than 1")
        if int(text) > LARGEST_PAGE:
            raise ServiceError(
                "OutOfRangeQueryParameterValue",
                QueryParameterName="maxresults",
                QueryParameterValue=text,
                MinimumAllowed=1,
                MaximumAllowed=LARGEST_PAGE,
            )
        return min(int(text), self.page_size)

    def link(self, seq: int) -> str:
        """Return the link to what comes after an item."""
        query = {**self.query, "$skiptoken": self.token(seq)}
        return f"{self.url}{self.path}?{urlencode(query, safe='$', quote_via=quote)}"

    def rewound(self, link: str) -> str:
        """Return a link of this listing that begins one item earlier: an item comes twice."""
        query = dict(parse_qsl(urlsplit(link).query))
        return self.link(replace(self, query=query).position() - 1)


def take_page(
    items: Sequence[Any], listing: Listing, matches: Callable[[Any], bool] | None
) -> tuple[list[Any], str | None]:
    """Return the items of a page and the link to the next, if there is more to come.

    Items carry a rising `seq`, so a page begins at the same place whatever left the list since.
    """
    start = bisect_right(items, listing.position(), key=lambda item: item.seq)
    limit = listing.limit()
    page: list[Any] = []
    for index in range(start, len(items)):
        item = items[index]
        if matches is not None and not matches(item):
            continue
        if len(page) == limit:
            return page, listing.link(page[-1].seq)
        page.append(item)
    return page, None
