"""The noun `tasks`: which tasks failed, and what kind of failure is each?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import Confirm, DryRun, NoJournal, Yes
from batchdoctor.cli.commands.failed_tasks import Wish, failures_document
from batchdoctor.cli.options import (
    MOST,
    FailOnAny,
    Jobs,
    MessagesFile,
    Since,
    expanded_words,
    parse_when,
)
from batchdoctor.core.checked import Span
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.category import Category
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.head import at_most, only
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.failures import failures_of
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.work.files.save_logs import LogKeeper

app = noun("tasks")

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
    MESSAGE = "message"


@command(app, "failed", live=True, watched=True)
def failed(
    call: Call,
    job: Jobs = None,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "--pool-id", help="Only tasks that ran there.", metavar="POOL"),
    ] = None,
    since: Since = None,
    limit: Annotated[
        int | None, typer.Option(help="Stop after this many.", metavar="N", min=1, max=MOST)
    ] = None,
    by: Annotated[
        By | None,
        typer.Option(
            help="Group by node, code, category, exit-code, job or message.", metavar="KEY"
        ),
    ] = None,
    stderr: Annotated[
        int | None,
        typer.Option(
            help="Add the last N lines of each task's stderr, or of one of each group.",
            min=1,
            max=MOST,
            metavar="N",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every one on a terminal too, not the newest 20.")
    ] = False,
    save_logs: SaveLogs = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks failed, and what kind of failure is each?

    Example: batchdoctor tasks failed --job nightly --since 6h
    """
    if everything and limit:
        raise UsageError("--all and --limit say different things.", hint="give one of them")
    earliest = parse_when(since, "--since", call.world.now())
    known = messages_for(call.world.environ, messages)
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        failures: Iterator[Failure] = islice(failures_of(reading, job, pool, earliest), limit)
        of_whole_jobs = not (pool or since or limit)
        keeper = _log_keeper(call, reading, save_logs, job if of_whole_jobs else None)
        if keeper:
            failures = keeper.passing(failures)
        left_out = (*only("job", job), *only("pool", pool), *at_most(limit))
        span = Span(earliest, call.world.now())
        wish = Wish(
            head=call.head(client, span=span, left_out=left_out),
            by=by.value if by else None,
            stderr=stderr,
            limit=limit,
            everything=everything,
        )
        document, counts = failures_document(call, reading, failures, wish)
        call.write(document)
        call.finish(reading)
        if keeper:
            keeper.tell()
    found = ExitCode.FINDINGS if fail_on and counts.tasks else ExitCode.OK
    return worst([reading.status, found, *(keeper.statuses if keeper else ())])


def _log_keeper(
    call: Call, reading: Reading, folder: Path | None, jobs: Sequence[str] | None
) -> LogKeeper | None:
    """What saves the logs; of `jobs` it can be told how many tasks there are."""
    if folder is None:
        return None

    from batchdoctor.work.files.save_logs import LogKeeper

    keeper = LogKeeper(call.world, reading.client, folder, reading.problems)
    if jobs:
        counts = reading.client.task_counts
        keeper.total = lambda: sum(counts(job_id).failed for job_id in jobs)
    return keeper


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
    no_journal: NoJournal = False,
    confirm: Confirm = None,
    dry_run: DryRun = False,
) -> int:
    """Run failed tasks again; what the service then forgets of them is saved first.

    Example: batchdoctor tasks reactivate --failed --job nightly --category node
    """
    # What `tasks failed` has no use for.
    from batchdoctor.cli.commands.reactivate import reactivate_tasks, task_names
    from batchdoctor.cli.consent import Consent
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
    return reactivate_tasks(
        call, chosen, Consent.of(yes, confirm), in_journal=not no_journal, dry_run=dry_run
    )
