"""Which operation a request asks for, and whether its query is one that the service takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_query
from batchdoctor.sandbox.wire.messages import Reply, Request

API_VERSION = "2025-06-01"
_ALWAYS = {"api-version", "timeout"}
LIST = {"maxresults", "$skiptoken", "$filter", "$select", "$expand"}
ITEM = {"$select", "$expand"}
FILES = {"maxresults", "$skiptoken", "$filter", "recursive"}
_LONGEST_TIMEOUT = 30

CallType = TypeVar("CallType")


@dataclass(frozen=True, slots=True)
class Route(Generic[CallType]):
    """One operation; `{name}` in the path is one part, `{name*}` the rest."""

    method: str
    template: str
    handler: Callable[[CallType], Reply]
    query: set[str] = field(default_factory=set)

    def pattern(self) -> re.Pattern[str]:
        """Return what the raw path of such a request looks like."""
        text = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", self.template)
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text) + "/?")


def find_route(
    request: Request, patterns: Iterable[tuple[Route[CallType], re.Pattern[str]]]
) -> tuple[Route[CallType], dict[str, str]]:
    """The operation of a request, and the decoded names in its path; raises ServiceError."""
    allowed = []
    for route, pattern in patterns:
        match = pattern.fullmatch(request.path)
        if match and route.method == request.method:
            check_query(request, route.query)
            return route, {name: unquote(text) for name, text in match.groupdict().items()}
        if match:
            allowed.append(route.method)
    if allowed:
        raise ServiceError(
            "UnsupportedHttpVerb", headers={"Allow": ", ".join(sorted(set(allowed)))}
        )
    raise ServiceError("ResourceNotFound")


def check_query(request: Request, known: set[str]) -> None:
    """Raises ServiceError for a query that an operation with `known` names does not take."""
    version = request.query_value("api-version")
    if version is None:
        raise ServiceError("MissingRequiredQueryParameter", QueryParameterName="api-version")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(\.\d+){0,2}", version) or version[:10] > API_VERSION:
        raise bad_query("api-version", version, "This version of the service is not known.")
    for name in request.query:
        if name.lower() not in _ALWAYS | known:
            raise ServiceError("UnsupportedQueryParameter", QueryParameterName=name)
    timeout = request.query_value("timeout")
    if timeout is not None and not (timeout.isdigit() and 1 <= int(timeout) <= _LONGEST_TIMEOUT):
        raise ServiceError(
            "OutOfRangeQueryParameterValue",
            QueryParameterName="timeout",
            QueryParameterValue=timeout,
            MinimumAllowed=1,
            MaximumAllowed=_LONGEST_TIMEOUT,
        )
