"""Finds the copies of a task's files that were saved beside its node, nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

import msgspec
from msgspec.structs import replace

from batchdoctor.core.names import TaskName
from batchdoctor.core.records import NodeFile
from batchdoctor.core.records.output_file import TaskOutputs
from batchdoctor.core.saved import (
    container_of,
    conventional_container,
    conventional_name,
    conventional_path,
    may_have_saved,
    saved_names,
    saved_path,
    saved_prefix,
)
from batchdoctor.core.words import Missed, PlaceKind
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.files import FileChangedError, properties
from batchdoctor.service.saved import blob_in, blobs_below, task_outputs
from batchdoctor.service.source import BlobFile, FileInfo, FileSource, TaskFile

OUTPUT_FILES = "outputFiles"
LINKED = "linked storage"
SAVED = (PlaceKind.OUTPUT_FILE, PlaceKind.LINKED_STORAGE)
_NOT_NAMED = "no storage account is named (AZURE_STORAGE_ACCOUNT)"
# Of one pattern: a container may hold the files of all tasks there ever were.
MOST_LISTED = 5000
_NO_CONTAINER = "ContainerNotFound"
# The folders of tasks that the service gives no outputFiles, by the ids that it gives them: the
# start task, the preparation and the release task of a job.
_NEVER_SAVED = frozenset({"startup", "jobpreparation", "jobrelease"})


class Copy(msgspec.Struct, frozen=True):
    """A saved copy that is there; `earlier` if it was saved before the present attempt began."""

    kind: PlaceKind
    blob: BlobFile
    info: FileInfo
    earlier: bool = False


class FoundCopy(msgspec.Struct, frozen=True):
    """A copy, if there is one, and the places where none was found."""

    copy: Copy | None = None
    missed: tuple[Missed, ...] = ()

    def told(self, source: FileSource, error: BatchdoctorError) -> str:
        """What a reader of the copy is told, in one line."""
        if self.copy is None:
            return ""
        attempt = ", by an earlier attempt" if self.copy.earlier else ""
        return (
            f"note: {source}: {why_not(error)}; this is the copy that was saved as "
            f"{self.copy.blob.url}{attempt}"
        )


class ListedCopy(msgspec.Struct, frozen=True):
    """A saved file as it is listed: its path in its task, its blob, and the container's URL."""

    path: str
    blob: NodeFile
    container: str

    @property
    def file(self) -> NodeFile:
        """The copy as a file of the task."""
        return replace(self.blob, name=self.path)

    @property
    def url(self) -> str:
        """Where it lies, without a signature."""
        return f"{self.container}/{self.blob.name}"


class SavedFiles:
    """The saved files of one task; the task is asked once, when the first file is looked for.

    `missed` are the places that were looked at in vain, and why.
    """

    def __init__(self, client: Client, name: TaskName) -> None:
        self.missed: list[Missed] = []
        self.cut = False
        """Whether there are more copies than were listed."""
        self._client = client
        self._name = name
        self._outputs: TaskOutputs | None = None
        self._closed: set[str] = set()
        self._has_saved = False

    def copies(self, path: str, kinds: Sequence[PlaceKind] = SAVED) -> Iterator[Copy]:
        """Yield the copies of a file that are there, looking for each as it is asked for."""
        outputs = self._read_outputs()
        begun = outputs.execution_info.start_time if outputs.execution_info else None
        for kind in kinds:
            for blob in self._candidates(kind, outputs, path):
                if blob.container in self._closed:
                    continue
                try:
                    info = properties(self._client, blob)
                except BatchdoctorError as error:
                    self._failed(blob, error)
                else:
                    yield Copy(kind, blob, info, _is_earlier(info.last_modified, begun))

    def listed(self) -> Iterator[ListedCopy]:
        """List the copies of all files, of each pattern 5000 at most; a file is listed once."""
        outputs, seen = self._read_outputs(), set[str]()
        for output in outputs.output_files or ():
            for blob in self._below(blob_in(container_of(output), "-", ""), saved_prefix(output)):
                path = saved_path(output, blob.name)
                if path is not None and path not in seen:
                    seen.add(path)
                    yield ListedCopy(path, blob, container_of(output).partition("?")[0])
        endpoint = self._client.account.storage.endpoint
        if endpoint is None:
            self._note(LINKED, _NOT_NAMED)
            return
        container = f"{endpoint}/{conventional_container(self._name.job_id)}"
        for blob in self._below(blob_in(container, "-", ""), f"{outputs.id}/"):
            path = conventional_path(outputs.id, blob.name)
            if path is not None and path not in seen:
                seen.add(path)
                yield ListedCopy(path, blob, container)

    def _below(self, place: BlobFile | None, prefix: str) -> Iterator[NodeFile]:
        try:
            if place is not None:
                found = blobs_below(self._client, place, prefix)
                yield from islice(found, MOST_LISTED)
                self.cut = self.cut or next(found, None) is not None
        except BatchdoctorError as error:
            self._note(place.container if place else OUTPUT_FILES, why_not(error))

    def _failed(self, blob: BlobFile, error: BatchdoctorError) -> None:
        """Remember why a copy is not there; a container that is closed is not asked again."""
        no_container = not isinstance(error, NotFoundError) or error.code == _NO_CONTAINER
        if no_container:
            self._closed.add(blob.container)
        self._note(blob.container if no_container else blob.url, why_not(error))

    def _candidates(self, kind: PlaceKind, outputs: TaskOutputs, path: str) -> Sequence[BlobFile]:
        """Where a copy may be; what rules all of them out is noted."""
        if kind is PlaceKind.LINKED_STORAGE:
            return self._linked(outputs.id, path)
        result = outputs.execution_info.result if outputs.execution_info else None
        found = [
            blob
            for output in outputs.output_files or ()
            if may_have_saved(output, result)
            for name in saved_names(output, path)
            if (blob := blob_in(container_of(output), name, path)) is not None
        ]
        if not found and not self._has_saved:
            self._note(OUTPUT_FILES, "none that saves it" if outputs.output_files else "none")
        self._has_saved = self._has_saved or bool(found)
        return found

    def _linked(self, task_id: str, path: str) -> Sequence[BlobFile]:
        endpoint = self._client.account.storage.endpoint
        if endpoint is None:
            self._note(LINKED, _NOT_NAMED)
            return ()
        container = f"{endpoint}/{conventional_container(self._name.job_id)}"
        blob = blob_in(container, conventional_name(task_id, path), path)
        return () if blob is None else (blob,)

    def _note(self, place: str, why: str) -> None:
        note = Missed(place, why)
        if note not in self.missed:
            self.missed.append(note)

    def _read_outputs(self) -> TaskOutputs:
        """What the task tells; a task that cannot be read tells nothing, and that is noted."""
        if self._outputs is None:
            try:
                self._outputs = task_outputs(self._client, self._name.job_id, self._name.task_id)
            except BatchdoctorError as error:
                self._note(OUTPUT_FILES, error.message)
                self._outputs = TaskOutputs(self._name.task_id)
        return self._outputs


def copy_of(client: Client, source: FileSource, error: BatchdoctorError) -> FoundCopy:
    """Look for a saved copy of a file that could not be read from its node; raises nothing.

    Nothing is looked for where the file is there, and changes, or where its task is not.
    """
    unknown = (error.code or "").lower() in {"tasknotfound", "jobnotfound"}
    if unknown or isinstance(error, FileChangedError):
        return FoundCopy()
    if not isinstance(error, NotFoundError | StateError):
        return FoundCopy()
    if not isinstance(source, TaskFile):
        return FoundCopy(missed=never_saved(_folder(source.path)))
    saved = SavedFiles(client, TaskName(source.job_id, source.task_id))
    found = next(saved.copies(source.path), None)
    return FoundCopy(found, tuple(saved.missed))


def _folder(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]


def never_saved(folder: str) -> tuple[Missed, ...]:
    """That no copy can be, of what lies in a folder of a node; nothing where there may be one."""
    name = folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
    why = "none: start, preparation and release tasks cannot have any"
    return (Missed(OUTPUT_FILES, why),) if name in _NEVER_SAVED else ()


def why_not(error: BatchdoctorError) -> str:
    """Why a place has nothing, short where the service's code says it."""
    return _REASONS.get((error.code or "").lower()) or _after_colon(error.message)


def _after_colon(message: str) -> str:
    """The reason alone, of a sentence such as `Could not look at blob ...: there is none.`."""
    head, colon, reason = message.partition(": ")
    return reason.rstrip(".") if colon and head.startswith("Could not ") else message


def _is_earlier(written: datetime | None, begun: datetime | None) -> bool:
    return written is not None and begun is not None and written < begun.replace(microsecond=0)


_REASONS = {
    "filenotfound": "not there",
    "taskfilescleanedup": "the node has cleaned up the task's files",
    "taskfilesunavailable": "the node no longer has the task's files",
}
