"""Which file of a task or a node is meant, and what the service's headers say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from batchdoctor.service.faults import parse_http_date
from batchdoctor.service.query import path


@dataclass(frozen=True, slots=True)
class TaskFile:
    """A file by its path below the task's directory (`stdout.txt`, `wd/out.csv`)."""

    job_id: str
    task_id: str
    path: str

    @property
    def target(self) -> str:
        """Path of the request."""
        return path("jobs", self.job_id, "tasks", self.task_id, "files", self.path)

    def __str__(self) -> str:
        return f"{self.path} of task {self.job_id}/{self.task_id}"


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A file by its path below the node's root (`startup/stdout.txt`)."""

    pool_id: str
    node_id: str
    path: str

    @property
    def target(self) -> str:
        """Path of the request."""
        return path("pools", self.pool_id, "nodes", self.node_id, "files", self.path)

    def __str__(self) -> str:
        return f"{self.path} of node {self.pool_id}/{self.node_id}"


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A file in a storage account; `path` is what it was in its task's directory.

    `url` is escaped and has no query; `signature` is the query that its container came with.
    """

    url: str
    container: str
    path: str
    signature: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"blob {self.url}"


FileSource = TaskFile | NodeFile | BlobFile


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the service tells about a file. `size` is in bytes, None where it did not say."""

    size: int | None
    last_modified: datetime | None
    etag: str | None
    is_directory: bool = False

    def is_another_than(self, other: FileInfo) -> bool:
        """Whether the file was written to between the two."""
        if self.etag and other.etag and self.etag != other.etag:
            return True
        return self.last_modified != other.last_modified or (
            None not in {self.size, other.size} and self.size != other.size
        )

    def was_written_to(self, headers: Mapping[str, str]) -> bool:
        """Whether the headers of another answer say that the file was written to in between."""
        later = info_of(headers, size=self.size)
        return bool(
            (self.etag and later.etag and self.etag != later.etag)
            or (
                self.last_modified
                and later.last_modified
                and self.last_modified != later.last_modified
            )
        )


def info_of(headers: Mapping[str, str], *, size: int | None) -> FileInfo:
    """Read the headers of an answer about a file of `size` bytes."""
    return FileInfo(
        size=size,
        last_modified=parse_http_date(headers.get("Last-Modified", "")),
        etag=headers.get("ETag"),
        is_directory=headers.get("ocp-batch-file-isdirectory", "").lower() == "true",
    )


def length_of(headers: Mapping[str, str]) -> int | None:
    """Return the Content-Length, or None where there is none that counts the file's own bytes."""
    text = headers.get("Content-Length", "")
    counts = packing_of(headers) in {"", "identity"} and not is_chunked(headers)
    return int(text) if counts and text.isascii() and text.isdigit() else None


def packing_of(headers: Mapping[str, str]) -> str:
    """Return how a body was packed on its way, in lower case; empty for not at all."""
    return headers.get("Content-Encoding", "").strip().lower()


def is_chunked(headers: Mapping[str, str]) -> bool:
    """Whether a body comes in chunks, the last of which says that it is the last."""
    return "chunked" in headers.get("Transfer-Encoding", "").lower()


def content_range(headers: Mapping[str, str]) -> tuple[int, int | None] | None:
    """Read `Content-Range: bytes 5-9/100` as the first byte and the size of the whole file."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", "").strip())
    if not found:
        return None
    begin, size = found.groups()
    return int(begin), None if size == "*" else int(size)
