"""Files of tasks and nodes: what is there, how large it is, and its exact bytes.

https://learn.microsoft.com/rest/api/batchservice/files
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from batchdoctor.core import records
from batchdoctor.errors import UnreachableError
from batchdoctor.service.client import Client
from batchdoctor.service.download import Download, FileChangedError
from batchdoctor.service.file_answer import ask
from batchdoctor.service.paging import Listing
from batchdoctor.service.query import parameters, path
from batchdoctor.service.source import FileInfo, FileSource, NodeFile, TaskFile

__all__ = [
    "Arrived",
    "FileChangedError",
    "FileInfo",
    "FileSource",
    "NodeFile",
    "TaskFile",
    "download",
    "list_node_files",
    "list_task_files",
    "properties",
    "read",
    "sized",
]

# A file that changes this often while it is fetched is being written all the time.
RESTARTS = 3
# So often the size of a file is asked for that an answer does not tell.
SIZE_ASKED = 4
Arrived = Callable[[int, int | None], object]


def properties(client: Client, source: FileSource) -> FileInfo:
    """Ask for a file's size and times.

    Raises `NotFoundError`, or `StateError` for files that are cleaned up or out of reach.
    """
    return client.retry.run(f"look at {source}", lambda limit: ask(client, source, limit))


def sized(client: Client, source: FileSource) -> FileInfo:
    """The same, and its size for certain: an answer that lost it on the way is asked for again.

    Raises `UnreachableError` too, where no answer tells the size: what has none is not empty.
    """
    for _ in range(SIZE_ASKED):
        info = properties(client, source)
        if info.size is not None or info.is_directory:
            return info
    raise UnreachableError(f"Could not read {source}: the service does not say how long it is.")


def list_task_files(
    client: Client, job_id: str, task_id: str, *, recursive: bool = True
) -> Iterator[records.NodeFile]:
    """List the files in a task's directory, names relative to it."""
    target = path("jobs", job_id, "tasks", task_id, "files")
    return _list(client, target, f"list the files of task {job_id}/{task_id}", recursive=recursive)


def list_node_files(
    client: Client, pool_id: str, node_id: str, *, recursive: bool = True
) -> Iterator[records.NodeFile]:
    """List the files below a node's root, names relative to it."""
    target = path("pools", pool_id, "nodes", node_id, "files")
    return _list(client, target, f"list the files of node {pool_id}/{node_id}", recursive=recursive)


def read(
    client: Client,
    source: FileSource,
    *,
    start: int = 0,
    end: int | None = None,
    before: bytes = b"",
    info: FileInfo | None = None,
) -> Iterator[bytes]:
    """Yield a file's bytes from `start` up to `end` (exclusive), going on where a connection broke.

    `before` are bytes that stood just before `start` when the file was read earlier; with `info`,
    as `properties` has just told it, the file is not asked about again.

    Raises `FileChangedError` when bytes handed out were rewritten meanwhile; they cannot be taken
    back.
    """
    return Download(client, source, start, end, before=before, info=info).blocks()


def download(
    client: Client, source: FileSource, sink: BinaryIO, arrived: Arrived | None = None
) -> FileInfo:
    """Write a whole file to `sink`, and return what the service told about it and its size here.

    `arrived` is told after each block how many bytes are there, and of how many if that is known.

    A file that is rewritten meanwhile starts again when `sink` can seek, three times at most; else
    `FileChangedError`. Naming, renaming and removing what is half-written is the caller's.
    """
    origin = sink.tell() if sink.seekable() else None
    for restarts_left in range(RESTARTS, -1, -1):
        reading = Download(client, source)
        try:
            size = _copy(reading, sink, arrived)
        except FileChangedError:
            if origin is None or not restarts_left:
                raise
            sink.seek(origin)
            sink.truncate()
        else:
            break
    return replace(reading.info or properties(client, source), size=size)


def _copy(reading: Download, sink: BinaryIO, arrived: Arrived | None) -> int:
    """Write all blocks, and return how many bytes they were."""
    count = 0
    for block in reading.blocks():
        sink.write(block)
        count += len(block)
        if arrived is not None:
            arrived(count, reading.info.size if reading.info else None)
    return count


def _list(
    client: Client, target: str, operation: str, *, recursive: bool
) -> Iterator[records.NodeFile]:
    listing = Listing(
        client.transport,
        client.retry,
        records.NodeFile,
        operation=operation,
        identity=lambda file: file.name,
        notice=client.notices.append,
        strict=False,
    )
    query = parameters(paged=True) | {"recursive": "true" if recursive else "false"}
    for page in listing.walk(target, query):
        yield from page
