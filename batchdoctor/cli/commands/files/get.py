"""`files get`: files of a task or a node, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.files.download import destination, fetch_many, fetch_one
from batchdoctor.cli.commands.files.names import (
    NodeOption,
    PoolOption,
    Raw,
    StartTask,
    named_owner,
    one_owner,
    path_of,
)
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import JobOption, TaskOption
from batchdoctor.errors import UsageError
from batchdoctor.work.files.owner import means_many

app = noun("files")


@command(app, "get", live=True, writes=False)
def get(
    call: Call,
    file: Annotated[
        list[str],
        typer.Argument(
            help="stdout, stderr, a path, a pattern, a folder/; last, whose: JOB/TASK, POOL/NODE.",
            metavar="FILE... [OWNER]",
        ),
    ],
    job: JobOption = None,
    task: TaskOption = None,
    pool: PoolOption = None,
    node: NodeOption = None,
    start_task: StartTask = False,
    out: Annotated[
        str | None, typer.Option(help="Write to this file or folder; - prints it.", metavar="PATH")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file in the way.")] = False,
    raw: Raw = False,
) -> int:
    """Fetch files of a task or a node, byte for byte.

    Example: batchdoctor files get stderr --job nightly --task frame-7
    """
    names, owner = named_owner(one_owner(file, call.world), (job, task), (pool, node))
    if not names:
        raise UsageError("No file is named.", hint=f"batchdoctor files get stderr {owner.name}")
    paths = [path_of(word, owner, start_task=start_task) for word in names]
    if len(paths) == 1 and not means_many(paths[0]):
        return fetch_one(call, owner, paths[0], destination(out), force=force, raw=raw)
    if out is None or out == "-":
        raise UsageError("Several files need a folder to go to.", hint="add --out FOLDER")
    return fetch_many(call, owner, paths, Path(out), force=force)
