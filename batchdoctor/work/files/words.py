"""The last words of a task or start task, from the first place that has any.

The one order: stderr; stdout, which holds both streams where they were merged; `wd/.command.err`;
what the task saved through `outputFiles`; the account's linked storage.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from batchdoctor.core.words import Missed, Place, PlaceKind, Stream, Words
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.files import properties
from batchdoctor.service.source import FileSource, NodeFile, TaskFile
from batchdoctor.work.files.ending import last_lines_of

# The end of a log that a person reads; lines may be long, so bytes are what bounds it.
LONGEST_TAIL = 64 * 1024
# The places on the node, the nearest first: their kind, their stream, their path in the task's
# folder (https://learn.microsoft.com/azure/batch/files-and-directories).
NODE_PLACES = (
    (PlaceKind.STDERR, Stream.STDERR, "stderr.txt"),
    (PlaceKind.STDOUT, Stream.STDOUT, "stdout.txt"),
    (PlaceKind.COMMAND_ERR, Stream.STDERR, "wd/.command.err"),
)
START_TASK_FOLDER = "startup"


class _Search(msgspec.Struct):
    """One walk through the places, up to the first that has words."""

    client: Client
    count: int
    missed: list[Missed] = msgspec.field(default_factory=list)
    first: BatchdoctorError | None = None

    def end_of(self, source: FileSource, place: Place) -> Words | None:
        """The words of one place; None where it has none, which is remembered with its reason.

        Raises what is no reason to look further: that the service cannot be reached, or refuses.
        """
        try:
            info = properties(self.client, source)
            data = last_lines_of(self.client, source, info, self.count, longest=LONGEST_TAIL)
        except (NotFoundError, StateError) as error:
            self.first = self.first or error
            self.missed.append(Missed(place.label, _reason(error)))
            return None
        lines = data.decode("utf-8", "backslashreplace").splitlines()
        # A cut through the middle leaves half a line in front.
        cut = LONGEST_TAIL <= len(data) < (info.size or 0) and len(lines) > 1
        lines = (lines[1:] if cut else lines)[-self.count :]
        if not any(line.strip() for line in lines):
            self.missed.append(Missed(place.label, "empty"))
            return None
        found = msgspec.structs.replace(place, modified=info.last_modified)
        return Words(tuple(lines), found, tuple(self.missed))


def task_words(client: Client, job_id: str, task_id: str, count: int) -> Words:
    """The last `count` lines of what a task said, within 64 KiB of one place; raises nothing."""
    return _searched(client, count, lambda path: TaskFile(job_id, task_id, path))


def folder_words(client: Client, pool_id: str, node_id: str, folder: str, count: int) -> Words:
    """The same of a program whose folder on a node is known; raises nothing.

    `folder` is `START_TASK_FOLDER` for the start task, and what a preparation task's status calls
    its root directory.
    """
    return _searched(client, count, lambda path: NodeFile(pool_id, node_id, f"{folder}/{path}"))


def _searched(client: Client, count: int, source_of: Callable[[str], FileSource]) -> Words:
    search = _Search(client, count)
    try:
        for kind, stream, path in NODE_PLACES:
            if found := search.end_of(source_of(path), Place(kind, stream, path)):
                return found
    except BatchdoctorError as error:
        return Words(missed=tuple(search.missed), error=search.first or error)
    return Words(missed=tuple(search.missed), error=search.first)


def _reason(error: BatchdoctorError) -> str:
    """Why a place has nothing, short: the files of one task are told of together."""
    return _REASONS.get((error.code or "").lower(), error.message)


_REASONS = {
    "filenotfound": "not there",
    "taskfilescleanedup": "the node deleted the task's files",
    "taskfilesunavailable": "the node no longer has the task's files",
}
