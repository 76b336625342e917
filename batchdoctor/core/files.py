"""Files of tasks and nodes as items of an answer."""

from __future__ import annotations

from batchdoctor.core.item import Item, Moment
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.records import NodeFile


class ListedFile(Item, frozen=True, kw_only=True):
    """A file or folder of a task, or of a node; the length is in bytes."""

    job_id: str | None
    task_id: str | None
    pool_id: str | None
    node_id: str | None
    name: str
    is_directory: bool
    content_length: int | None
    creation_time: Moment | None
    last_modified: Moment | None
    saved_as: str | None
    """The URL of the blob, where the node no longer has the file and this is a saved copy."""


class FilesSummary(Item, frozen=True, kw_only=True):
    """How many files there are, folders not counted, and their length in bytes."""

    files: int
    content_length: int


def listed_file(
    file: NodeFile, owner: TaskName | NodeName, saved_as: str | None = None
) -> ListedFile:
    """A file as an item."""
    known = file.properties
    task = owner if isinstance(owner, TaskName) else None
    node = owner if isinstance(owner, NodeName) else None
    return ListedFile(
        job_id=task.job_id if task else None,
        task_id=task.task_id if task else None,
        pool_id=node.pool_id if node else None,
        node_id=node.node_id if node else None,
        name=file.name,
        is_directory=file.is_directory,
        content_length=known.content_length if known else None,
        creation_time=known.creation_time if known else None,
        last_modified=known.last_modified if known else None,
        saved_as=saved_as,
    )
