"""Files of tasks and nodes: listings, properties and contents, whole or from a byte on.

Contents come chunked with status 200, also those of a range: no Content-Length, no Content-Range
and no ETag, so that only a HEAD or a listing tells how long a file is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from batchdoctor.sandbox.account.files import Tree, node_tree, task_tree
from batchdoctor.sandbox.api import filterable
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.clock import header_time, wire_time
from batchdoctor.sandbox.protocol.conditions import check_conditions
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import Reply

_HIDDEN = "/.keep"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_MODE = "0o100644"
_TEXTS = (".txt", ".log")
_FOLDER_MODE = "0o40755"


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    name: str
    size: int | None


def _task_tree(call: Call) -> Tree:
    return task_tree(call.store, call.store.task(call.names["job"], call.names["task"]))


def _node_tree(call: Call) -> Tree:
    return node_tree(call.store, call.store.node(call.names["pool"], call.names["node"]))


def list_task_files(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}/files."""
    return _list(call, _task_tree(call))


def list_node_files(call: Call) -> Reply:
    """GET /pools/{pool}/nodes/{node}/files."""
    return _list(call, _node_tree(call))


def get_task_file(call: Call) -> Reply:
    """GET and HEAD /jobs/{job}/tasks/{task}/files/{path}."""
    return _get(call, _task_tree(call))


def get_node_file(call: Call) -> Reply:
    """GET and HEAD /pools/{pool}/nodes/{node}/files/{path}."""
    return _get(call, _node_tree(call))


def _list(call: Call, tree: Tree) -> Reply:
    deep = call.request.query.get("recursive", "false").lower() == "true"
    sizes: dict[str, int | None] = dict.fromkeys(tree.folders())
    sizes |= {n: len(content) for n, content in tree.files.items() if not n.endswith(_HIDDEN)}
    shown = [name for name in sorted(sizes) if deep or "/" not in name]
    separator = "\\" if tree.windows else "/"
    entries = [
        _Entry(seq, name.replace("/", separator), sizes[name]) for seq, name in enumerate(shown)
    ]
    base = call.store.url + call.request.path.rstrip("/")

    def write(entry: _Entry) -> dict[str, Any]:
        document: dict[str, Any] = {
            "name": entry.name,
            "url": f"{base}/{quote(entry.name.replace(separator, '/'))}",
            "isDirectory": entry.size is None,
        }
        if entry.size is not None:
            document["properties"] = _properties(tree, entry.name, entry.size)
        return document

    return call.page("files", entries, write, filterable.FILES)


def _properties(tree: Tree, path: str, size: int) -> dict[str, Any]:
    times = {"lastModified": wire_time(tree.modified), "contentLength": str(size)}
    if tree.windows:
        kind = {"contentType": _content_type(path)}
        return {"creationTime": wire_time(tree.created)} | times | kind
    return times | {"contentType": _content_type(path), "fileMode": _MODE}


def _content_type(path: str) -> str:
    return "text/plain" if path.endswith(_TEXTS) else "application/octet-stream"


def _get(call: Call, tree: Tree) -> Reply:
    path = call.names["path"].replace("\\", "/") if tree.windows else call.names["path"]
    path = path.rstrip("/")
    if path in tree.folders():
        return _folder(call, tree)
    content = tree.files.get(path)
    if content is None or path.endswith(_HIDDEN):
        raise ServiceError("FileNotFound")
    check_conditions(call.request, tree.modified)
    headers = _headers(call, tree, is_folder=False)
    headers["Content-Type"] = _content_type(path)
    if call.request.method == "HEAD":
        return Reply(200, b"", headers | {"Content-Length": str(len(content))}, length=True)
    return _content(call, content, headers)


def _content(call: Call, content: bytes, headers: dict[str, str]) -> Reply:
    wanted = call.request.headers.get("ocp-range")
    if wanted is None:
        return Reply(200, content, headers)
    match = _RANGE.fullmatch(wanted.strip())
    if not match:
        raise ServiceError("InvalidHeaderValue", HeaderName="ocp-range", HeaderValue=wanted)
    first, last = int(match.group(1)), int(match.group(2) or len(content))
    if first >= len(content) or last < first:
        raise ServiceError("InvalidRange")
    part = content[first : last + 1]
    if call.settings.range_status == 206:  # noqa: PLR2004
        total = len(content)
        headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{total}"
        return Reply(206, part, headers, length=True)
    return Reply(200, part, headers)


def _folder(call: Call, tree: Tree) -> Reply:
    if call.request.method != "HEAD":
        raise ServiceError("FileNotFound")
    headers = _headers(call, tree, is_folder=True) | {"Content-Length": "0"}
    return Reply(200, b"", headers, length=True)


def _headers(call: Call, tree: Tree, *, is_folder: bool) -> dict[str, str]:
    headers = {"Last-Modified": header_time(tree.modified)}
    if tree.windows:
        headers["ocp-creation-time"] = header_time(tree.created)
    else:
        headers["ocp-batch-file-mode"] = _FOLDER_MODE if is_folder else _MODE
    headers["ocp-batch-file-isdirectory"] = str(is_folder)
    url = call.store.url + unquote(call.request.path).replace("\\", "/")
    headers["ocp-batch-file-url"] = quote(url, safe="")
    return headers
