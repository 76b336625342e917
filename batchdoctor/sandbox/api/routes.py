"""The table of operations: method, path and query names, and who handles them."""

from __future__ import annotations

from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.api import changes, creations, images, reads
from batchdoctor.sandbox.api import file_routes as files
from batchdoctor.sandbox.api import login_routes as login
from batchdoctor.sandbox.api.call import Call, Settings
from batchdoctor.sandbox.api.query import FILES, ITEM, LIST, Route, find_route
from batchdoctor.sandbox.wire.messages import Reply, Request

_NODE = "/pools/{pool}/nodes/{node}"

ROUTES: tuple[Route[Call], ...] = (
    Route("GET", "/pools", reads.list_pools, LIST),
    Route("GET", "/pools/{pool}", reads.get_pool, ITEM),
    Route("HEAD", "/pools/{pool}", reads.pool_exists),
    Route("GET", "/supportedimages", images.list_images, {"maxresults", "$skiptoken", "$filter"}),
    Route("GET", "/nodecounts", reads.list_node_counts, {"maxresults", "$skiptoken", "$filter"}),
    Route("GET", "/pools/{pool}/nodes", reads.list_nodes, LIST - {"$expand"}),
    Route("GET", "/pools/{pool}/nodes/{node}", reads.get_node, {"$select"}),
    Route("GET", "/jobs", reads.list_jobs, LIST),
    Route("GET", "/jobs/{job}", reads.get_job, ITEM),
    Route("GET", "/jobs/{job}/taskcounts", reads.get_task_counts),
    Route(
        "GET",
        "/jobs/{job}/jobpreparationandreleasetaskstatus",
        reads.list_preparations,
        LIST - {"$expand"},
    ),
    Route("GET", "/jobs/{job}/tasks", reads.list_tasks, LIST),
    Route("GET", "/jobs/{job}/tasks/{task}", reads.get_task, ITEM),
    Route("GET", "/jobs/{job}/tasks/{task}/subtasksinfo", reads.list_subtasks, {"$select"}),
    Route("GET", "/jobs/{job}/tasks/{task}/files", files.list_task_files, FILES),
    Route("GET", "/jobs/{job}/tasks/{task}/files/{path*}", files.get_task_file),
    Route("HEAD", "/jobs/{job}/tasks/{task}/files/{path*}", files.get_task_file),
    Route("GET", f"{_NODE}/files", files.list_node_files, FILES),
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
    Route("POST", "/jobs", creations.post_job),
    Route("PATCH", "/jobs/{job}", creations.patch_job),
    Route("POST", "/jobs/{job}/tasks", creations.post_task),
    Route("POST", "/jobs/{job}/addtaskcollection", creations.post_tasks),
    Route("POST", "/jobs/{job}/disable", changes.disable_job),
    Route("POST", "/jobs/{job}/enable", changes.enable_job),
    Route("POST", "/jobs/{job}/terminate", changes.terminate_job, {"force"}),
    Route("POST", "/jobs/{job}/tasks/{task}/terminate", changes.terminate_task),
    Route("POST", "/jobs/{job}/tasks/{task}/reactivate", changes.reactivate_task),
)
_PATTERNS = [(route, route.pattern()) for route in ROUTES]


def answer(request: Request, store: Store, settings: Settings) -> Reply:
    """Return the reply to an authenticated request; raises ServiceError."""
    route, names = find_route(request, _PATTERNS)
    return route.handler(Call(request, names, store, settings))
