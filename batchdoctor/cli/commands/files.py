"""The noun `files`: list, fetch and follow what tasks and nodes have written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.download import Shown, destination, fetch_many, fetch_one, noted
from batchdoctor.cli.commands.file_listing import list_all
from batchdoctor.cli.commands.file_names import (
    JobOption,
    NodeOption,
    PoolOption,
    StartTask,
    TaskOption,
    named_owner,
    path_of,
)
from batchdoctor.cli.options import MOST, FailOnAny, Jobs
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.work.files.nearest_end import show_end
from batchdoctor.work.files.owner import means_many
from batchdoctor.work.files.tail import Follower

app = noun("files")

Raw = Annotated[
    bool, typer.Option("--raw", help="Leave control characters as they are on a terminal.")
]


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
) -> int:
    """List the files of a task or a node, with sizes and times.

    Example: batchdoctor files list --job nightly --task frame-7
    """
    patterns, owner = named_owner(words or (), (job, task), (pool, node))
    if len(patterns) > 1:
        raise UsageError("This takes one pattern.", hint=f"batchdoctor files list {owner.name}")
    return list_all(call, owner, patterns[0] if patterns else "./")


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
    names, owner = named_owner(file, (job, task), (pool, node))
    if not names:
        raise UsageError("No file is named.", hint=f"batchdoctor files get stderr {owner.name}")
    paths = [path_of(word, owner, start_task=start_task) for word in names]
    if len(paths) == 1 and not means_many(paths[0]):
        return fetch_one(call, owner, paths[0], destination(out), force=force, raw=raw)
    if out is None or out == "-":
        raise UsageError("Several files need a folder to go to.", hint="add --out FOLDER")
    return fetch_many(call, owner, paths, Path(out), force=force)


@command(app, "grep", live=True)
def grep(
    call: Call,
    pattern: Annotated[str, typer.Argument(help="A regular expression.", metavar="PATTERN")],
    job: Jobs = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only tasks that failed.")] = False,
    file: Annotated[
        list[str] | None,
        typer.Option(
            help="stdout, stderr, a path, a pattern or a folder/; may be given again. Both streams "
            "unless given.",
            metavar="FILE",
        ),
    ] = None,
    around: Annotated[
        int,
        typer.Option(
            "-C", "--context", help="Lines around each match.", metavar="N", min=0, max=1000
        ),
    ] = 0,
    ignore_case: Annotated[
        bool, typer.Option("-i", "--ignore-case", help="Upper and lower case are the same.")
    ] = False,
    files_only: Annotated[
        bool, typer.Option("-l", "--files", help="Only which files match.")
    ] = False,
    count: Annotated[
        bool, typer.Option("-c", "--count", help="Only how many lines of each file match.")
    ] = False,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks wrote this? Searches whole files of all tasks of a job, several at once.

    Example: batchdoctor files grep "Read-only file system" --job nightly --failed
    """
    from batchdoctor.cli.commands.file_search import Wish, search_files

    wish = Wish(pattern, tuple(file or ()), around, ignore_case, files_only, count)
    return search_files(call, wish, job, failed=failed, fail_on=fail_on)


@command(app, "tail", live=True, writes=False)
def tail(
    call: Call,
    file: Annotated[
        list[str],
        typer.Argument(
            help="stdout, stderr or a path; then whose: JOB/TASK or POOL/NODE.",
            metavar="FILE [OWNER]",
        ),
    ],
    job: JobOption = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            "--task", "--task-id", help="The task, or JOB/TASK; may be given again.", metavar="TASK"
        ),
    ] = None,
    pool: PoolOption = None,
    node: NodeOption = None,
    running: Annotated[
        bool, typer.Option("--running", help="All tasks of the job that run, each line prefixed.")
    ] = False,
    start_task: StartTask = False,
    lines: Annotated[
        int, typer.Option("-n", "--lines", help="How many lines.", metavar="N", min=0, max=MOST)
    ] = 20,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on until the task ends; 10 if it failed.")
    ] = False,
    raw: Raw = False,
) -> int:
    """Show the end of a file, and with --follow what is written to it from now on.

    Example: batchdoctor files tail stdout --job nightly --task frame-7 --follow
    """
    tasks = task or ()
    if running or len(tasks) > 1:
        from batchdoctor.cli.commands.tail_many import TailWish, tail_many

        wish = TailWish(_one_file(file), job, tuple(tasks), lines, running=running, follow=follow)
        return tail_many(call, wish, elsewhere=bool(pool or node or start_task or raw))
    names, owner = named_owner(file, (job, tasks[0] if tasks else None), (pool, node))
    source = owner.source(path_of(_one_file(names), owner, start_task=start_task))
    with noted(call) as client:
        shown = Shown(call, raw=raw)
        if not follow:
            show_end(call.world, client, owner, source, shown, lines)
            return ExitCode.OK
        showing = Follower(call.world, client, source, shown)
        showing.last_lines(lines, patient=True)
        return showing.follow()


def _one_file(names: Sequence[str]) -> str:
    if len(names) != 1:
        raise UsageError("One file is to be named.", hint="batchdoctor files tail stdout JOB/TASK")
    return names[0]
