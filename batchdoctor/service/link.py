r"""A link that the service answers with, taken apart once, and rebuilt on the account's own origin.

Libraries read odd URLs in different ways: of `http://one\@other/` one connects to `one`, another
to `other`. So nothing of a link's origin is ever passed on; it is compared, and then left out.
"""

from __future__ import annotations

import re

# Scheme and authority, each where it is there, then the path, and the query where it is there. What
# may stand in each is less than RFC 3986 allows: no user, no fragment, no backslash, ASCII only.
_LINK = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?=//))?"
    r"(?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?=/))?"
    r"(?P<path>[ !$-.0-;=@-\[\]-~/]+)"
    r"(?P<query>\?[ -\"$-\[\]-~]*)?"
)
_PORTS = {"https": 443, "http": 80}

Origin = tuple[str, str, int | None]


class OddLinkError(ValueError):
    """A link that cannot be read in one way only, so that nobody can say where it leads."""


class ForeignLinkError(ValueError):
    """A link that leads to another scheme, host or port."""


def target_of(link: str, endpoint: str) -> str:
    """Return path and query, verbatim, of a link of the account at `endpoint`.

    Raises `OddLinkError`, and `ForeignLinkError` unless the link stays on the endpoint's origin.
    """
    found = _LINK.fullmatch(link)
    if found is None:
        raise OddLinkError(link)
    path: str = found["path"]
    if found["host"] is None:
        if found["scheme"] or path.startswith("//") or ":" in path.split("/", 1)[0]:
            raise OddLinkError(link)
        path = "/" + path.removeprefix("/")
    elif _origin(found, endpoint) != _origin_of_endpoint(endpoint):
        raise ForeignLinkError(link)
    return path + (found["query"] or "")


def _origin_of_endpoint(endpoint: str) -> Origin:
    found = _LINK.fullmatch(endpoint + "/")
    if found is None:
        raise OddLinkError(endpoint)
    return _origin(found, endpoint)


def _origin(found: re.Match[str], endpoint: str) -> Origin:
    scheme = (found["scheme"] or endpoint.partition(":")[0]).lower()
    port = int(found["port"]) if found["port"] else _PORTS.get(scheme)
    return scheme, found["host"].lower(), port
