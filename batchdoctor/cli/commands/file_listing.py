"""`files list`: the files of a task or a node that match."""

from __future__ import annotations

from batchdoctor.cli.call import Call
from batchdoctor.report.file_list import FileList
from batchdoctor.work.files.listing import files_of
from batchdoctor.work.files.owner import Owner, matches
from batchdoctor.work.reading.reading import Reading


def list_all(call: Call, owner: Owner, pattern: str) -> int:
    """Write the listing; a task without files says why."""
    with call.client() as client:
        reading = Reading(call.world, client)
        files = reading.each(
            f"files of {owner.group_id}/{owner.id}", files_of(call.world, client, owner)
        )
        head = call.head(client)
        found = (each for each in files if matches(pattern, each[0].name))
        call.write(FileList(head, owner.name, found, reading.problems).document())
        call.finish(reading)
    return reading.status
