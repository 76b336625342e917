"""`tasks reactivate`: failed tasks into the queue again, what that erases shown first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Care
from batchdoctor.cli.commands.tasks.names import task_names
from batchdoctor.cli.consent import Consent, agree, announce, announce_where
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import Jobs, expanded_words
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.names import AccountName
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.errors import UsageError, worst
from batchdoctor.report.reactivations import Reactivations
from batchdoctor.work.changes.reactivation import Chosen, Reactivating, read_chosen
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.reading.reading import Reading

app = noun("tasks")


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


def reactivate_tasks(call: Call, chosen: Chosen, care: Care) -> int:
    """Queue failed tasks again after consent; the status is the worst of what happened."""
    if not care.dry_run:
        refuse_when_read_only(call.world.environ, f"tasks reactivate {_meant(chosen)}")
    with call.client() as client:
        journal = call.journal(client, to_write=not care.dry_run, kept=not care.no_journal)
        reading = Reading(call.world, client)
        failures, refused = read_chosen(reading, chosen)
        tell_unended(journal, (f"{each.job_id}/{each.task_id}" for each in failures))
        if failures:
            announce_where(call.world, client.account.title)
            _announce(call, failures)
        if failures and not care.dry_run:
            _agree(call, client.account.title, failures, care.consent)
        work = Reactivating(
            call.world,
            client,
            failures,
            refused,
            reading.problems,
            care.dry_run,
            journal,
        )
        answer = Reactivations(
            call.head(client), with_refusals_told(call, work.steps()), reading.problems
        )
        with closing(journal):
            call.write(answer.document())
        call.finish(reading)
    return worst([reading.status, *answer.statuses])


def _meant(chosen: Chosen) -> str:
    """Which tasks are meant, in a few words."""
    names = [f"{job_id}/{task_id}" for job_id, task_id in chosen.tasks]
    if not names:
        return f"of the failed tasks of {', '.join(chosen.jobs)}"
    return names[0] if len(names) == 1 else f"of {len(names)} tasks"


def _agree(call: Call, account: AccountName, failures: Sequence[Failure], consent: Consent) -> None:
    """Ask about the tasks by their pools; those that reached none, by their jobs."""
    pools = sorted({failure.pool_id or failure.job_id for failure in failures})
    jobs = sorted({failure.job_id for failure in failures})
    deed = f"run {plural(len(failures), 'task')} of {listed(jobs)} again on {listed(pools)}"
    agree(call.world, account, deed, pools, consent)


def _announce(call: Call, failures: Sequence[Failure]) -> None:
    by_job: dict[str, int] = {}
    for failure in failures:
        by_job[failure.job_id] = by_job.get(failure.job_id, 0) + 1
    for job_id, count in by_job.items():
        announce(
            call.world,
            f"will run {plural(count, 'task')} of job {job_id} again; the service forgets "
            "their exit codes, failures and retry counts, which are shown here first",
        )
