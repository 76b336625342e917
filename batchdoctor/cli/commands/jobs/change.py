"""Changes jobs and tasks for a person: says what will be disturbed, asks, and shows what came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.change_options import Care
from batchdoctor.cli.consent import agree, announce, announce_where
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.core.names import TaskName, folded
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import UsageError, worst
from batchdoctor.report.job_changes import JobChanges
from batchdoctor.work.changes.job_actions import JobAction, Name
from batchdoctor.work.changes.job_change import JobChanging, refuse_if_nothing_is_there
from batchdoctor.work.changes.job_plan import make_job_plan
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended


def change_jobs(
    call: Call,
    action: JobAction,
    names: Sequence[Name],
    option: str,
    care: Care,
) -> int:
    """Change jobs or tasks after consent; the status is the worst of what happened to any.

    In a protected account the names of the jobs have to be typed.
    """
    names = list({folded(str(name)): name for name in reversed(names)}.values())[::-1]
    if not names:
        raise UsageError(
            f"No {action.noun} was named.", hint=f"name {action.noun}s, or pipe `-o ids` into `-`"
        )
    if not care.dry_run:
        refuse_when_read_only(call.world.environ, f"{action.path} {_in_short(names, action)}")
    with call.client() as client:
        journal = call.journal(client, to_write=not care.dry_run, kept=not care.no_journal)
        plan = make_job_plan(call.world, client, action, names, option)
        tell_unended(journal, map(str, plan.found))
        account = client.account.title
        announce_where(call.world, account)
        for line in plan.disturbs:
            announce(call.world, line)
        refuse_if_nothing_is_there(plan)
        if plan.left and not care.dry_run:
            deed = f"{action.name} {plural(len(plan.left), action.noun)}"
            agree(call.world, account, deed, [_job_of(name) for name in plan.left], care.consent)
        work = JobChanging(call.world, client, plan, journal, care.dry_run)
        answer = JobChanges(
            call.head(client),
            action.noun,
            with_refusals_told(call, work.changes()),
            work.problems,
            back=None if care.dry_run else action.back,
        )
        with closing(journal):
            call.write(answer.document())
    return worst(answer.statuses)


def _job_of(name: Name) -> str:
    return name.job_id if isinstance(name, TaskName) else str(name)


def _in_short(names: Sequence[Name], action: JobAction) -> str:
    return str(names[0]) if len(names) == 1 else f"of {plural(len(names), action.noun)}"
