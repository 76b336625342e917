"""What a task says of where its files are saved, and what lies in such a container.

https://learn.microsoft.com/rest/api/batchservice/tasks/get-task
https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from batchdoctor.core import records
from batchdoctor.core.records.output_file import TaskOutputs
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault, parse_http_date
from batchdoctor.service.paging import decode
from batchdoctor.service.query import parameters, path, properties_of
from batchdoctor.service.source import BlobFile
from batchdoctor.service.storage import split_url
from batchdoctor.service.transport import Request

_SELECT = properties_of(TaskOutputs)
# A page has 5000 names of 1024 characters at most.
_MOST_BYTES = 16 * 1024 * 1024
_BLOB = re.compile(rb"<Blob>(.*?)</Blob>", re.DOTALL)
_MARKER = re.compile(rb"<NextMarker>(.*?)</NextMarker>", re.DOTALL)


def task_outputs(client: Client, job_id: str, task_id: str) -> TaskOutputs:
    """Ask a task for its output files; raises `NotFoundError`."""
    request = Request("GET", path("jobs", job_id, "tasks", task_id), parameters(select=_SELECT))
    decoder = msgspec.json.Decoder(TaskOutputs)
    return client.retry.run(
        f"read task {job_id}/{task_id}",
        lambda limit: decode(decoder, client.transport.exchange(request, limit).body),
    )


def blob_in(container_url: str, name: str, file_path: str) -> BlobFile | None:
    """The blob of a name in a container, whose URL may have a signature; None for no such URL."""
    found = split_url(container_url)
    if found is None or not found.path or not name:
        return None
    container = f"{found.origin}{found.path}"
    return BlobFile(f"{container}/{quote(name, safe='/~')}", container, file_path, found.query)


def blobs_below(client: Client, container: BlobFile, prefix: str) -> Iterator[records.NodeFile]:
    """List the blobs whose names begin with `prefix`, as files with the names of the blobs.

    `container` is any blob in it, or one without a name. Raises the errors of access.
    """
    place = BlobFile(container.container, container.container, "", container.signature)
    marker = ""
    while True:
        query = {"restype": "container", "comp": "list", "prefix": prefix}
        page = _page(client, place, query | ({"marker": marker} if marker else {}))
        for entry in _BLOB.findall(page):
            yield _file(entry)
        found = _MARKER.search(page)
        following = html.unescape(found[1].decode()) if found else ""
        if not following or following == marker:
            return
        marker = following


def _page(client: Client, place: BlobFile, query: dict[str, str]) -> bytes:
    def attempt(limit: float) -> bytes:
        stream = client.blobs.open("GET", place, limit, query=query)
        parts = bytearray()
        until = client.retry.clock() + limit
        try:
            while chunk := stream.read():
                parts += chunk
                if len(parts) > _MOST_BYTES or client.retry.clock() > until:
                    raise Fault("the list of blobs does not end")
        finally:
            stream.close()
        return bytes(parts)

    return client.retry.run(f"list {place}", attempt)


def _file(entry: bytes) -> records.NodeFile:
    def text(tag: str) -> str:
        found = re.search(rf"<{tag}>(.*?)</{tag}>".encode(), entry, re.DOTALL)
        return html.unescape(found[1].decode("utf-8", "backslashreplace")) if found else ""

    size = text("Content-Length")
    return records.NodeFile(
        name=text("Name"),
        properties=records.FileProperties(
            content_length=int(size) if size.isascii() and size.isdigit() else None,
            last_modified=parse_http_date(text("Last-Modified")),
            creation_time=parse_http_date(text("Creation-Time")),
        ),
    )
