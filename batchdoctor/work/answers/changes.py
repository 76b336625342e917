"""What became of changes: of nodes, of tasks, of logs to be sent, of users of a node."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from batchdoctor.core.answer import Answer
from batchdoctor.core.changed import (
    ChangedJob,
    ChangedNode,
    ReactivatedTask,
    SentLogs,
    changed_job,
    changed_node,
    reactivated_task,
    sent_logs,
)
from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.login import LoginOutcome, NodeLogin
from batchdoctor.service.access import pool_access
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.changes.change import NodeChanging, Wanted, refuse_if_none_is_there
from batchdoctor.work.changes.job_actions import JobAction, Name
from batchdoctor.work.changes.job_change import JobChanging, refuse_if_nothing_is_there
from batchdoctor.work.changes.job_plan import make_job_plan
from batchdoctor.work.changes.log_upload import LogsWanted, uploaded_logs
from batchdoctor.work.changes.login import UserWanted, make_user, remove_user, user_of
from batchdoctor.work.changes.plan import make_plan
from batchdoctor.work.changes.reactivation import Chosen, Reactivating, read_chosen
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended


def changed_nodes(
    asking: Asking, action: Action, names: Sequence[NodeName], wanted: Wanted
) -> Answer[ChangedNode]:
    """Change nodes, several at a time; what it disturbs is among the notes.

    Raises DeclinedError where it is forbidden, or takes more of a pool than was allowed.
    """
    if not wanted.dry_run:
        refuse_when_read_only(asking.environ, f"node {action.name}")
    reading, book = asking.reading(), asking.journal(to_write=not wanted.dry_run)
    plan = make_plan(asking.outside, asking.client, action, names, wanted.option, wanted.max_share)
    if plan.too_much:
        raise plan.too_much
    refuse_if_none_is_there(plan)
    tell_unended(book, map(str, names))
    asking.outside.notes.extend(plan.disturbs)
    with closing(book) as journal:
        work = NodeChanging(asking.outside, asking.client, plan, wanted, journal, reading.problems)
        return asking.answer(reading, map(changed_node, work.changes()))


def changed_jobs(
    asking: Asking, action: JobAction, names: Sequence[Name], option: str, *, dry_run: bool
) -> Answer[ChangedJob]:
    """Change jobs or tasks, several at a time; what it disturbs is among the notes."""
    if not dry_run:
        refuse_when_read_only(asking.environ, action.path)
    reading, book = asking.reading(), asking.journal(to_write=not dry_run)
    plan = make_job_plan(asking.outside, asking.client, action, names, option)
    refuse_if_nothing_is_there(plan)
    tell_unended(book, map(str, plan.found))
    asking.outside.notes.extend(plan.disturbs)
    with closing(book) as journal:
        work = JobChanging(asking.outside, asking.client, plan, journal, dry_run, reading.problems)
        return asking.answer(reading, map(changed_job, work.changes()))


def reactivated(asking: Asking, chosen: Chosen, *, dry_run: bool) -> Answer[ReactivatedTask]:
    """Run tasks again: each as it was, then what became of it."""
    if not dry_run:
        refuse_when_read_only(asking.environ, "tasks reactivate")
    reading, book = asking.reading(), asking.journal(to_write=not dry_run)
    failures, refused = read_chosen(reading, chosen)
    with closing(book) as journal:
        work = Reactivating(
            asking.outside, asking.client, failures, refused, reading.problems, dry_run, journal
        )
        return asking.answer(reading, map(reactivated_task, work.steps()))


def logs_sent(asking: Asking, names: Sequence[NodeName], wanted: LogsWanted) -> Answer[SentLogs]:
    """Have nodes send the logs of their agent to a container."""
    if not wanted.dry_run:
        refuse_when_read_only(asking.environ, "node logs")
    reading, book = asking.reading(), asking.journal(to_write=not wanted.dry_run)
    where = wanted.container.partition("?")[0]
    with closing(book) as journal:
        uploads = uploaded_logs(asking.outside, asking.client, journal, names, wanted)
        return asking.answer(reading, (sent_logs(upload, where) for upload in uploads))


def user_made(asking: Asking, wanted: UserWanted, *, dry_run: bool) -> Answer[NodeLogin]:
    """Make a user of a node that expires, and say where it logs in."""
    reading, name = asking.reading(), wanted.name
    access = pool_access(asking.client, name.pool_id)
    if dry_run:
        planned = user_of(name, wanted.user, LoginOutcome.PLANNED, wanted.expiry)
        return asking.answer(reading, [planned])
    refuse_when_read_only(asking.environ, f"node login {name}")
    with closing(asking.journal(to_write=True)) as journal:
        made = make_user(asking.client, journal, access, wanted)
    reading.problems += [made.problem] if made.problem else []
    return asking.answer(reading, [made.login])


def user_removed(asking: Asking, name: NodeName, user: str, *, dry_run: bool) -> Answer[NodeLogin]:
    """Delete a user of a node."""
    reading = asking.reading()
    if dry_run:
        return asking.answer(reading, [user_of(name, user, LoginOutcome.PLANNED)])
    refuse_when_read_only(asking.environ, f"node login {name}")
    with closing(asking.journal(to_write=True)) as journal:
        return asking.answer(reading, [remove_user(asking.client, journal, name, user)])
