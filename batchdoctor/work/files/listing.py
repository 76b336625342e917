"""The files of a task or a node, and one of them whole; what is not there comes with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from batchdoctor.core.names import TaskName
from batchdoctor.core.records import NodeFile
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.files import read, sized
from batchdoctor.service.source import FileSource
from batchdoctor.work.files.ending import last_lines_of
from batchdoctor.work.files.owner import STANDARD_NAMES, Owner
from batchdoctor.work.files.saved import MOST_LISTED, SavedFiles, copy_of, why_not
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.surroundings import Surroundings


def files_of(
    outside: Surroundings, client: Client, owner: Owner
) -> Iterator[tuple[NodeFile, str | None]]:
    """Yield all files of an owner, each with the URL of its blob where it is a saved copy.

    Copies are listed where the node no longer has the files. Raises NotFoundError or StateError,
    with the reason in words, where there is none of them either.
    """
    source = owner.source("the files")
    try:
        yield from ((file, None) for file in owner.files(client))
    except (NotFoundError, StateError) as error:
        saved = _saved_of(client, owner, error)
        copies = saved.listed() if saved else iter(())
        first = next(copies, None)
        missed = saved.missed if saved else ()
        if first is None:
            raise with_reason(error, client, source, outside.now(), missed) from error
        name = owner.name
        outside.note(
            f"note: files of task {name}: {why_not(error)}; these are copies that were saved"
        )
        yield from ((copy.file, copy.url) for copy in chain([first], copies))
        if saved and saved.cut:
            outside.note(f"note: of each pattern no more than {MOST_LISTED:,} copies are listed")
    except BatchdoctorError as error:
        raise with_reason(error, client, source, outside.now()) from error


def _saved_of(client: Client, owner: Owner, error: BatchdoctorError) -> SavedFiles | None:
    unknown = (error.code or "").lower() in {"tasknotfound", "jobnotfound"}
    if unknown or not isinstance(owner.name, TaskName):
        return None
    return SavedFiles(client, owner.name)


def content_of(
    outside: Surroundings, client: Client, owner: Owner, path: str, *, lines: int | None = None
) -> bytes:
    """The bytes of a file, or of its last `lines`; `stdout` and `stderr` are files of a task.

    Raises NotFoundError or StateError, with the reason in words.
    """
    source = owner.source(STANDARD_NAMES.get(path, path))
    try:
        return _bytes_of(client, source, lines)
    except BatchdoctorError as error:
        found = copy_of(client, source, error)
        if found.copy is None:
            raise with_reason(error, client, source, outside.now(), found.missed) from error
        outside.note(found.told(source, error))
        return _bytes_of(client, found.copy.blob, lines)


def _bytes_of(client: Client, source: FileSource, lines: int | None) -> bytes:
    if lines is None:
        return b"".join(read(client, source))
    return last_lines_of(client, source, sized(client, source), lines)
