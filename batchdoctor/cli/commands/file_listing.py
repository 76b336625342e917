"""`files list`: the files of a task or a node that match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from batchdoctor.cli.call import Call
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.file_list import FileList
from batchdoctor.work.files.owner import Owner, matches
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.core.records import NodeFile
    from batchdoctor.service.client import Client


def list_all(call: Call, owner: Owner, pattern: str) -> int:
    """Write the listing; a task without files says why."""
    with call.client() as client:
        reading = Reading(call.world, client)
        files = reading.each(f"files of {owner.group_id}/{owner.id}", _files(call, client, owner))
        head = call.head(client)
        found = (file for file in files if matches(pattern, file.name))
        ids = (owner.group_id, owner.id)
        call.write(FileList(head, owner.kind, ids, found, reading.problems).document())
        reading.finish()
    return reading.status


def _files(call: Call, client: Client, owner: Owner) -> Iterator[NodeFile]:
    try:
        yield from owner.files(client)
    except BatchdoctorError as error:
        raise with_reason(error, client, owner.source("the files"), call.world.now()) from error
