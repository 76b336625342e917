"""The noun `tasks`: which are there, which failed, and what kind of failure is each?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import DryRun, Yes
from batchdoctor.cli.commands.list_options import NodeIds
from batchdoctor.cli.commands.task_list import list_tasks
from batchdoctor.cli.options import (
    MOST,
    FailOnAny,
    Jobs,
    Since,
    Until,
    expanded_words,
    named,
    parse_when,
)
from batchdoctor.core.checked import Span
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.inventory.wanted import in_order, newest, oldest
from batchdoctor.core.meaning.category import Category
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.document import Document
from batchdoctor.report.failures import ENDS_SHOWN, FailedTasks, FailureGroups
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head, at_most, only
from batchdoctor.work.reading.failures import Narrowed, failures_of
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.work.files.save_logs import LogKeeper

app = noun("tasks")

command(app, "list", live=True)(list_tasks)

SaveLogs = Annotated[
    Path | None,
    typer.Option(help="Save stdout and stderr of each task below it.", metavar="FOLDER"),
]


class By(StrEnum):
    """Values of `--by`."""

    NODE = "node"
    CODE = "code"
    CATEGORY = "category"
    EXIT_CODE = "exit-code"
    JOB = "job"


class FailureOrder(StrEnum):
    """Values of `--sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"


_ORDERS: dict[str, Callable[[Failure], float]] = {
    FailureOrder.NEWEST: lambda failure: newest(failure.end_time),
    FailureOrder.OLDEST: lambda failure: oldest(failure.end_time),
}


@command(app, "failed", live=True)
def failed(
    call: Call,
    name: Annotated[
        list[str] | None,
        # The page of help has no line to spare; its first line shows it.
        typer.Argument(help="Only of these jobs; - reads them.", metavar="[JOB]...", hidden=True),
    ] = None,
    job: Jobs = None,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "--pool-id", help="Only tasks that ran there.", metavar="POOL"),
    ] = None,
    node: NodeIds = None,
    category: Annotated[
        Category | None, typer.Option(help="Only this kind of failure.", metavar="CATEGORY")
    ] = None,
    exit_code: Annotated[
        int | None, typer.Option(help="Only with this exit code.", metavar="N")
    ] = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[
        FailureOrder | None,
        typer.Option(help="In the order newest or oldest; waits for all.", metavar="ORDER"),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="Stop after this many.", metavar="N", min=1, max=MOST)
    ] = None,
    by: Annotated[
        By | None,
        typer.Option(help="Group by node, code, category, exit-code or job.", metavar="KEY"),
    ] = None,
    stderr: Annotated[
        int | None,
        typer.Option(help="Add the last lines of stderr.", min=1, max=MOST, metavar="N"),
    ] = None,
    save_logs: SaveLogs = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks failed, and what kind of failure is each?

    Example: batchdoctor tasks failed --job nightly --since 6h
    """
    if by and stderr:
        raise UsageError("Groups have no stderr.", hint="give one of --by, --stderr")
    now = call.world.now()
    narrowed = Narrowed(
        pool_id=pool,
        nodes=node or (),
        category=category,
        exit_code=exit_code,
        since=parse_when(since, "--since", now),
        until=parse_when(until, "--until", now),
    )
    jobs = named(name, job, call.world)
    with call.client() as client:
        reading = Reading(call.world, client)
        failures = in_order(failures_of(reading, jobs, narrowed), _ORDERS, sort, limit)
        keeper = _log_keeper(call, reading, save_logs)
        if keeper:
            failures = keeper.passing(failures)
        span = Span(narrowed.since, narrowed.until or call.world.now())
        left_out = (
            *only("job", jobs),
            *only("pool", pool),
            *only("node", node),
            *only("category", category),
            *only("exit code", str(exit_code) if exit_code is not None else None),
            *at_most(limit),
        )
        head = call.head(client, span=span, left_out=left_out)
        document, counts = _document(call, reading, failures, by, stderr, limit, head)
        call.write(document)
        reading.finish()
        if keeper:
            keeper.tell()
    found = ExitCode.FINDINGS if fail_on and counts.tasks else ExitCode.OK
    return worst([reading.status, found, *(keeper.statuses if keeper else ())])


def _document(
    call: Call,
    reading: Reading,
    failures: Iterator[Failure],
    by: By | None,
    stderr: int | None,
    limit: int | None,
    head: Head,
) -> tuple[Document[Any], FailureCounts]:
    """The answer in the form that was asked for, and the counts that it will have filled."""
    if by:
        groups = FailureGroups(head, failures, reading.problems, by.value, limit=limit)
        groups.jobs = lambda: reading.jobs
        return groups.document(), groups.counts
    every = FailedTasks(head, failures, reading.problems, limit=limit)
    every.jobs = lambda: reading.jobs
    if stderr:
        from batchdoctor.work.files.last_lines import StderrReading

        most = ENDS_SHOWN if call.shared.output is Format.TABLE else None
        ends = StderrReading(reading, stderr, most)
        every.failures, every.stderr = ends.along(failures), ends.lines
        every.files = ends.subjects
    return every.document(), every.counts


def _log_keeper(call: Call, reading: Reading, folder: Path | None) -> LogKeeper | None:
    if folder is None:
        return None

    from batchdoctor.work.files.save_logs import LogKeeper

    return LogKeeper(call.world, reading.client, folder, reading.problems)


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
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Run failed tasks again; what the service then forgets of them is saved first.

    Example: batchdoctor tasks reactivate --failed --job nightly --category node
    """
    # What `tasks failed` has no use for.
    from batchdoctor.cli.commands.reactivate import reactivate_tasks, task_names
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
        chosen = Chosen(tasks=task_names(words, job[0] if job else None))
    return reactivate_tasks(call, chosen, yes=yes, dry_run=dry_run)
