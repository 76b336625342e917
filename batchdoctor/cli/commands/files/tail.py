"""`files tail`: the end of a file, and what is written to it from now on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.files.download import Shown, noted
from batchdoctor.cli.commands.files.names import (
    NodeOption,
    PoolOption,
    Raw,
    StartTask,
    named_owner,
    owner_read,
    path_of,
)
from batchdoctor.cli.commands.files.tail_many import TailWish, tail_many
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import MOST, JobOption
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.work.files.nearest_end import show_end
from batchdoctor.work.files.tail import Follower

app = noun("files")


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
    words, tasks = owner_read(file, call.world), list(task or ())
    if len(words) > len(file):
        words, tasks = file[:-1], [*tasks, *words[len(file) - 1 :]]
    if running or len(tasks) > 1:
        wish = TailWish(_one_file(words), job, tuple(tasks), lines, running=running, follow=follow)
        return tail_many(call, wish, elsewhere=bool(pool or node or start_task or raw))
    names, owner = named_owner(words, (job, tasks[0] if tasks else None), (pool, node))
    source = owner.source(path_of(_one_file(names), owner, start_task=start_task))
    with noted(call) as client:
        shown = Shown(call, raw=raw)
        if not follow:
            show_end(call.world, client, source, shown, lines)
            return ExitCode.OK
        showing = Follower(call.world, client, source, shown)
        showing.last_lines(lines, patient=True)
        return showing.follow()


def _one_file(names: Sequence[str]) -> str:
    if len(names) != 1:
        raise UsageError("One file is to be named.", hint="batchdoctor files tail stdout JOB/TASK")
    return names[0]
