"""The noun `tasks`: which are there, which failed, and what kind of failure is each?"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import Care
from batchdoctor.cli.commands.failure_options import (
    Everything,
    Grouped,
    Limit,
    OfCategory,
    OfJobs,
    OfPool,
    SaveLogs,
    Sort,
    StderrLines,
    WithExitCode,
)
from batchdoctor.cli.commands.list_options import NodeIds
from batchdoctor.cli.commands.task_list import list_tasks
from batchdoctor.cli.options import (
    FailOnAny,
    Jobs,
    MessagesFile,
    Since,
    Until,
    expanded_words,
    named,
    parse_when,
)
from batchdoctor.core.meaning.category import Category
from batchdoctor.errors import UsageError

app = noun("tasks")

command(app, "list", live=True, watched=True)(list_tasks)


@command(app, "failed", live=True, watched=True)
def failed(
    call: Call,
    name: OfJobs = None,
    job: Jobs = None,
    pool: OfPool = None,
    node: NodeIds = None,
    category: OfCategory = None,
    exit_code: WithExitCode = None,
    since: Since = None,
    until: Until = None,
    sort: Sort = None,
    limit: Limit = None,
    by: Grouped = None,
    stderr: StderrLines = None,
    everything: Everything = False,
    save_logs: SaveLogs = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks failed, and what kind of failure is each?

    Example: batchdoctor tasks failed --job nightly --since 6h
    """
    # What the page of help, and the other commands of the noun, have no use for.
    from batchdoctor.cli.commands.asked_failures import Asked, answer
    from batchdoctor.work.reading.failures import Narrowed

    if everything and limit:
        raise UsageError("--all and --limit say different things.", hint="give one of them")
    now = call.world.now()
    narrowed = Narrowed(
        pool_id=pool,
        nodes=node or (),
        category=category,
        exit_code=exit_code,
        since=parse_when(since, "--since", now),
        until=parse_when(until, "--until", now),
    )
    asked = Asked(
        jobs=named(name, job, call.world),
        narrowed=narrowed,
        since=since,
        until=until,
        sort=sort,
        limit=limit,
        by=by,
        stderr=stderr,
        everything=everything,
        save_logs=save_logs,
        messages=messages,
        fail_on=bool(fail_on),
    )
    return answer(call, asked)


@command(app, "reactivate", live=True)
def reactivate(
    call: Call,
    task: Annotated[
        list[str] | None,
        typer.Argument(help="JOB/TASK, or TASK with --job; - reads them.", metavar="[TASK]..."),
    ] = None,
    job: Jobs = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="All failed tasks of the jobs given with --job.")
    ] = False,
    category: Annotated[
        Category | None, typer.Option(help="With --failed: only this kind.", metavar="CATEGORY")
    ] = None,
    node: Annotated[
        str | None,
        typer.Option("--node", "--node-id", help="With --failed: only of this node.", metavar="N"),
    ] = None,
    *,
    care: Care,
) -> int:
    """Run failed tasks again; what the service then forgets of them is saved first.

    Example: batchdoctor tasks reactivate --failed --job nightly --category node
    """
    # What `tasks failed` has no use for.
    from batchdoctor.cli.commands.job_change import task_names
    from batchdoctor.cli.commands.reactivate import reactivate_tasks
    from batchdoctor.work.changes.reactivation import Chosen

    if bool(task) == failed or (failed and not job) or ((category or node) and not failed):
        raise UsageError(
            "Say which tasks: name them, or ask for the failed ones of a job.",
            hint="batchdoctor tasks reactivate JOB/TASK, or tasks reactivate --failed --job JOB",
        )
    if failed:
        chosen = Chosen(jobs=tuple(dict.fromkeys(job or ())), category=category, node_id=node)
    else:
        words = expanded_words(task or (), call.world)
        names = dict.fromkeys(task_names(words, job[0] if job else None))
        chosen = Chosen(tasks=[(name.job_id, name.task_id) for name in names])
    return reactivate_tasks(call, chosen, care)
