"""The noun `files`: fetch what tasks and nodes have written."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from batchdoctor.service.source import FileSource

app = noun("files", "Files of tasks and nodes.")

# The names that every task has, and where the start task keeps its own
# (https://learn.microsoft.com/azure/batch/files-and-directories).
_STANDARD_NAMES = {"stdout": "stdout.txt", "stderr": "stderr.txt"}
_START_TASK_FOLDER = "startup"


@command(app, "get", live=True, writes=False)
def get(
    call: Call,
    file: Annotated[str, typer.Argument(help="stdout, stderr or a path.", metavar="FILE")],
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="Job of the task.", metavar="JOB")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option("--task", "--task-id", help="The task, or JOB/TASK.", metavar="TASK"),
    ] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", "--pool-id", help="Pool of the node.", metavar="POOL")
    ] = None,
    node: Annotated[
        str | None,
        typer.Option("--node", "--node-id", help="The node, or POOL/NODE.", metavar="NODE"),
    ] = None,
    start_task: Annotated[
        bool, typer.Option("--start-task", help="stdout and stderr of the node's start task.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write to this file or folder.", metavar="PATH")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file in the way.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Leave control characters as they are on a terminal.")
    ] = False,
) -> int:
    """Fetch a file of a task or a node, byte for byte.

    Example: batchdoctor files get stderr --job nightly --task frame-7
    """
    from batchdoctor.cli.download import save, show

    source = file_source(file, (job, task), (pool, node), start_task=start_task)
    with call.client() as client:
        if out is None:
            show(call, client, source, raw=raw)
        else:
            name = PurePosixPath(source.path.replace("\\", "/")).name
            save(call, client, source, out / name if out.is_dir() else out, force=force)
    return ExitCode.OK


def file_source(
    file: str,
    task: tuple[str | None, str | None],
    node: tuple[str | None, str | None],
    *,
    start_task: bool,
) -> FileSource:
    """The file that the options name. `task` and `node` are (owner, id). Raises UsageError."""
    from batchdoctor.service.source import NodeFile, TaskFile

    task_name, node_name = _pair(*task, "JOB/TASK"), _pair(*node, "POOL/NODE")
    if bool(task_name) == bool(node_name):
        raise UsageError(
            "Say whose file it is: either a task's or a node's.",
            hint="add --job JOB --task TASK, or --pool POOL --node NODE",
        )
    if start_task and not node_name:
        raise UsageError("--start-task is about a node.", hint="add --pool POOL --node NODE")
    if task_name:
        return TaskFile(*task_name, _STANDARD_NAMES.get(file, file))
    if node_name and start_task:
        return NodeFile(*node_name, f"{_START_TASK_FOLDER}/{_STANDARD_NAMES.get(file, file)}")
    if node_name and file in _STANDARD_NAMES:
        raise UsageError(
            f"A node has no {file} of its own.",
            hint=f"add --start-task, or name a path such as startup/{_STANDARD_NAMES[file]}",
        )
    assert node_name is not None  # noqa: S101 - one of the two was given, as checked above
    return NodeFile(*node_name, file)


def _pair(owner: str | None, name: str | None, form: str) -> tuple[str, str] | None:
    """Owner and id from two options, or from one that holds both. Raises UsageError."""
    if name and "/" in name and not owner:
        owner, _, name = name.partition("/")
    if not owner and not name:
        return None
    if not owner or not name:
        raise UsageError(f"Half of {form} is missing.", hint=f"both parts of {form} are needed")
    return owner, name
