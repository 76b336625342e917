"""The files of a task or a node, and one of them whole; what is not there comes with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.records import NodeFile
from batchdoctor.errors import BatchdoctorError
from batchdoctor.service.client import Client
from batchdoctor.service.files import properties, read
from batchdoctor.work.files.ending import last_lines_of
from batchdoctor.work.files.owner import STANDARD_NAMES, Owner
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.surroundings import Surroundings


def files_of(outside: Surroundings, client: Client, owner: Owner) -> Iterator[NodeFile]:
    """Yield all files of an owner. Raises NotFoundError or StateError, with the reason in words."""
    try:
        yield from owner.files(client)
    except BatchdoctorError as error:
        raise with_reason(error, client, owner.source("the files"), outside.now()) from error


def content_of(
    outside: Surroundings, client: Client, owner: Owner, path: str, *, lines: int | None = None
) -> bytes:
    """The bytes of a file, or of its last `lines`; `stdout` and `stderr` are files of a task.

    Raises NotFoundError or StateError, with the reason in words.
    """
    source = owner.source(STANDARD_NAMES.get(path, path))
    try:
        if lines is None:
            return b"".join(read(client, source))
        return last_lines_of(client, source, properties(client, source), lines)
    except BatchdoctorError as error:
        raise with_reason(error, client, source, outside.now()) from error
