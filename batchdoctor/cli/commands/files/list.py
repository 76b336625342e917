"""`files list`: the files of a task or a node that match."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.files.names import (
    NodeOption,
    PoolOption,
    named_owner,
    one_owner,
)
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOn, FailOnAny, JobOption, TaskOption
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.file_list import FileList
from batchdoctor.work.files.listing import files_of
from batchdoctor.work.files.owner import Owner, matches
from batchdoctor.work.reading.reading import Reading

app = noun("files")


@command(app, "list", live=True, watched=True)
def list_files(
    call: Call,
    job: JobOption = None,
    task: TaskOption = None,
    pool: PoolOption = None,
    node: NodeOption = None,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Whose: JOB/TASK or POOL/NODE; only these: *.txt, or a folder such as wd/.",
            metavar="[OWNER] [PATTERN]",
        ),
    ] = None,
    fail_on: FailOnAny = None,
) -> int:
    """List the files of a task or a node, with sizes and times.

    Example: batchdoctor files list --job nightly --task frame-7
    """
    patterns, owner = named_owner(one_owner(words or (), call.world), (job, task), (pool, node))
    if len(patterns) > 1:
        raise UsageError("This takes one pattern.", hint=f"batchdoctor files list {owner.name}")
    return list_all(call, owner, patterns[0] if patterns else "./", fail_on)


def list_all(call: Call, owner: Owner, pattern: str, fail_on: FailOn | None) -> int:
    """Write the listing; a task without files says why."""
    with call.client() as client:
        reading = Reading(call.world, client)
        files = reading.each(
            f"files of {owner.group_id}/{owner.id}", files_of(call.world, client, owner)
        )
        head = call.head(client)
        found = (each for each in files if matches(pattern, each[0].name))
        page = FileList(head, owner.name, found, reading.problems)
        call.write(page.document())
        call.finish(reading)
    return worst([reading.status, ExitCode.FINDINGS if fail_on and page.count else ExitCode.OK])
