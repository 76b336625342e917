"""Finds the copies of a task's files that were saved beside its node, nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.names import TaskName
from batchdoctor.core.records.output_file import TaskOutputs
from batchdoctor.core.saved import (
    container_of,
    conventional_container,
    conventional_name,
    may_have_saved,
    saved_names,
)
from batchdoctor.core.words import Missed, PlaceKind
from batchdoctor.errors import BatchdoctorError, NotFoundError
from batchdoctor.service.client import Client
from batchdoctor.service.files import properties
from batchdoctor.service.saved import blob_in, task_outputs
from batchdoctor.service.source import BlobFile, FileInfo

OUTPUT_FILES = "outputFiles"
LINKED = "linked storage"
SAVED = (PlaceKind.OUTPUT_FILE, PlaceKind.LINKED_STORAGE)
_NO_CONTAINER = "ContainerNotFound"


class Copy(msgspec.Struct, frozen=True):
    """A saved copy that is there; `earlier` if it was saved before the present attempt began."""

    kind: PlaceKind
    blob: BlobFile
    info: FileInfo
    earlier: bool = False


class SavedFiles:
    """The saved files of one task; the task is asked once, when the first file is looked for.

    `missed` are the places that were looked at in vain, and why.
    """

    def __init__(self, client: Client, name: TaskName) -> None:
        self.missed: list[Missed] = []
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
        endpoint = self._client.blobs.settings.endpoint
        if endpoint is None:
            self._note(LINKED, "no storage account is named (AZURE_STORAGE_ACCOUNT)")
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
    "taskfilescleanedup": "the node deleted the task's files",
    "taskfilesunavailable": "the node no longer has the task's files",
}
