"""The table of operations: method, path and query names, and who handles them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.api import changes, images, reads
from batchdoctor.sandbox.api import file_routes as files
from batchdoctor.sandbox.api import login_routes as login
from batchdoctor.sandbox.api.call import Call, Settings
from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_query
from batchdoctor.sandbox.wire.messages import Reply, Request

Handler = Callable[[Call], Reply]

API_VERSION = "2025-06-01"
_ALWAYS = {"api-version", "timeout"}
_LIST = {"maxresults", "$skiptoken", "$filter", "$select", "$expand"}
_ITEM = {"$select", "$expand"}
_FILES = {"maxresults", "$skiptoken", "$filter", "recursive"}
_LONGEST_TIMEOUT = 30
_NODE = "/pools/{pool}/nodes/{node}"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `{name}` in the path is one part, `{name*}` the rest."""

    method: str
    template: str
    handler: Handler
    query: set[str] = field(default_factory=set)

    def pattern(self) -> re.Pattern[str]:
        """Return what the raw path of such a request looks like."""
        text = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", self.template)
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text) + "/?")


ROUTES: tuple[Route, ...] = (
    Route("GET", "/pools", reads.list_pools, _LIST),
    Route("GET", "/pools/{pool}", reads.get_pool, _ITEM),
    Route("HEAD", "/pools/{pool}", reads.pool_exists),
    Route("GET", "/supportedimages", images.list_images, {"maxresults", "$skiptoken", "$filter"}),
    Route("GET", "/nodecounts", reads.list_node_counts, {"maxresults", "$skiptoken", "$filter"}),
    Route("GET", "/pools/{pool}/nodes", reads.list_nodes, _LIST - {"$expand"}),
    Route("GET", "/pools/{pool}/nodes/{node}", reads.get_node, {"$select"}),
    Route("GET", "/jobs", reads.list_jobs, _LIST),
    Route("GET", "/jobs/{job}", reads.get_job, _ITEM),
    Route("GET", "/jobs/{job}/taskcounts", reads.get_task_counts),
    Route(
        "GET",
        "/jobs/{job}/jobpreparationandreleasetaskstatus",
        reads.list_preparations,
        _LIST - {"$expand"},
    ),
    Route("GET", "/jobs/{job}/tasks", reads.list_tasks, _LIST),
    Route("GET", "/jobs/{job}/tasks/{task}", reads.get_task, _ITEM),
    Route("GET", "/jobs/{job}/tasks/{task}/subtasksinfo", reads.list_subtasks, {"$select"}),
    Route("GET", "/jobs/{job}/tasks/{task}/files", files.list_task_files, _FILES),
    Route("GET", "/jobs/{job}/tasks/{task}/files/{path*}", files.get_task_file),
    Route("HEAD", "/jobs/{job}/tasks/{task}/files/{path*}", files.get_task_file),
    Route("GET", f"{_NODE}/files", files.list_node_files, _FILES),
    Route("GET", _NODE + "/files/{path*}", files.get_node_file),
    Route("HEAD", _NODE + "/files/{path*}", files.get_node_file),
    Route("GET", f"{_NODE}/remoteloginsettings", login.remote_login),
    Route("POST", f"{_NODE}/users", login.create_user),
    Route("PUT", _NODE + "/users/{user}", login.replace_user),
    Route("DELETE", _NODE + "/users/{user}", login.delete_user),
    Route("POST", f"{_NODE}/uploadbatchservicelogs", login.upload_logs),
    Route("POST", f"{_NODE}/disablescheduling", changes.disable_scheduling),
    Route("POST", f"{_NODE}/enablescheduling", changes.enable_scheduling),
    Route("POST", f"{_NODE}/reboot", changes.reboot),
    Route("POST", f"{_NODE}/reimage", changes.reimage),
    Route("POST", f"{_NODE}/deallocate", changes.deallocate),
    Route("POST", f"{_NODE}/start", changes.start),
    Route("POST", "/pools/{pool}/removenodes", changes.remove_nodes),
    Route("POST", "/pools/{pool}/resize", changes.resize),
    Route("POST", "/pools/{pool}/stopresize", changes.stop_resize),
    Route("POST", "/jobs/{job}/disable", changes.disable_job),
    Route("POST", "/jobs/{job}/enable", changes.enable_job),
    Route("POST", "/jobs/{job}/terminate", changes.terminate_job, {"force"}),
    Route("POST", "/jobs/{job}/tasks/{task}/terminate", changes.terminate_task),
    Route("POST", "/jobs/{job}/tasks/{task}/reactivate", changes.reactivate_task),
)
_PATTERNS = [(route, route.pattern()) for route in ROUTES]


def answer(request: Request, store: Store, settings: Settings) -> Reply:
    """Return the reply to an authenticated request; raises ServiceError."""
    route, names = _find(request)
    _check_query(request, route)
    return route.handler(Call(request, names, store, settings))


def _find(request: Request) -> tuple[Route, dict[str, str]]:
    allowed = []
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(request.path)
        if match and route.method == request.method:
            return route, {name: unquote(text) for name, text in match.groupdict().items()}
        if match:
            allowed.append(route.method)
    if allowed:
        raise ServiceError(
            "UnsupportedHttpVerb", headers={"Allow": ", ".join(sorted(set(allowed)))}
        )
    raise ServiceError("ResourceNotFound")


def _check_query(request: Request, route: Route) -> None:
    version = request.query_value("api-version")
    if version is None:
        raise ServiceError("MissingRequiredQueryParameter", QueryParameterName="api-version")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(\.\d+){0,2}", version) or version[:10] > API_VERSION:
        raise bad_query("api-version", version, "This version of the service is not known.")
    for name in request.query:
        if name.lower() not in _ALWAYS | route.query:
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
