"""Whose file is meant: a task's or a node's, and which of its files a pattern means."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.records import NodeFile as ListedFile
from batchdoctor.service.client import Client
from batchdoctor.service.files import list_node_files, list_task_files
from batchdoctor.service.source import FileSource, NodeFile, TaskFile

# The names that every task has, and where the start task keeps its own
# (https://learn.microsoft.com/azure/batch/files-and-directories).
STANDARD_NAMES = {"stdout": "stdout.txt", "stderr": "stderr.txt"}


class OwnerKind(StrEnum):
    """What a file can belong to."""

    TASK = "task"
    NODE = "node"


class Owner(msgspec.Struct, frozen=True):
    """The task or the node that files belong to."""

    kind: OwnerKind
    group_id: str
    id: str

    @property
    def name(self) -> TaskName | NodeName:
        """What it is called."""
        kind = TaskName if self.kind is OwnerKind.TASK else NodeName
        return kind(self.group_id, self.id)

    def source(self, path: str) -> FileSource:
        """One of its files."""
        if self.kind is OwnerKind.TASK:
            return TaskFile(self.group_id, self.id, path)
        return NodeFile(self.group_id, self.id, path)

    def files(self, client: Client) -> Iterator[ListedFile]:
        """All of its files, recursively."""
        # The command line asks what an owner is before anything heavy is there.

        if self.kind is OwnerKind.TASK:
            return list_task_files(client, self.group_id, self.id)
        return list_node_files(client, self.group_id, self.id)


def means_many(path: str) -> bool:
    """Whether a path is a pattern, or a folder with its slash."""
    return path.endswith(("/", "\\")) or any(char in path for char in "*?[")


def matches(path: str, name: str) -> bool:
    """Whether a file's name matches a pattern, or lies in a folder; `*` crosses folders."""
    plain, wanted = name.replace("\\", "/"), path.replace("\\", "/")
    if wanted.endswith("/"):
        return plain.startswith(wanted) or wanted == "./"
    return fnmatchcase(plain, wanted)
