"""A file of a task or a node."""

from __future__ import annotations

from datetime import datetime

from batchdoctor.core.records.base import Record


class FileProperties(Record, frozen=True):
    """What the service tells about a file of a task or a node; size in bytes."""

    content_length: int | None = None
    last_modified: datetime | None = None
    creation_time: datetime | None = None


class NodeFile(Record, frozen=True):
    """A file in a listing of a task's or a node's files."""

    name: str
    is_directory: bool = False
    properties: FileProperties | None = None
