"""Changes nodes for a person: says what will be disturbed, asks, and shows what came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.change_options import (
    LARGEST_SHARE,
    Care,
    RunningTasks,
    Watching,
)
from batchdoctor.cli.consent import Consent, agree, announce, announce_where
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.options import names_in_short
from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.afterwards import afterwards
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.errors import worst
from batchdoctor.report.changes import NodeChanges
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import REMOVE, Action
from batchdoctor.work.changes.change import NodeChanging, Wanted, refuse_if_none_is_there
from batchdoctor.work.changes.plan import Plan, make_plan
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.removal import read_removal
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.work.changes.removal import Removal


def wanted(
    watching: Watching,
    care: Care,
    tasks: RunningTasks | None = None,
    max_share: int = LARGEST_SHARE,
) -> Wanted:
    """What is asked for, by the options of a command."""
    return Wanted(
        option=tasks.word if tasks else "",
        dry_run=care.dry_run,
        in_journal=not care.no_journal,
        max_share=max_share,
        wait=watching.wait,
        wait_timeout=watching.wait_timeout,
    )


def change_nodes(
    call: Call,
    action: Action,
    names: Sequence[NodeName],
    wanted: Wanted,
    consent: Consent,
    *,
    keep: Path | None = None,
) -> int:
    """Change nodes after consent; the exit status is the worst of what happened to any of them.

    With `keep` what failed tasks wrote on them is saved there first.
    """
    with call.client() as client:
        return change_these(call, client, action, names, wanted, consent, keep=keep)


def change_these(
    call: Call,
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    wanted: Wanted,
    consent: Consent,
    *,
    keep: Path | None = None,
) -> int:
    """Change nodes through a client that is open already, else as `change_nodes`."""
    if not wanted.dry_run:
        refuse_when_read_only(call.world.environ, f"node {action.name} {names_in_short(names)}")
    journal = call.journal(client, to_write=not wanted.dry_run, kept=wanted.in_journal)
    plan = make_plan(call.world, client, action, names, wanted.option, wanted.max_share)
    tell_unended(journal, map(str, names))
    left = [name for name in plan.nodes if name not in plan.unchanged]
    removal = _removal(call, client, plan, keep) if action is REMOVE and left else None
    _announce(call, client, left, [*plan.disturbs, *(removal.lines if removal else ())])
    if plan.too_much:
        raise plan.too_much
    refuse_if_none_is_there(plan)
    if left and not wanted.dry_run:
        pools = sorted({name.pool_id for name in left})
        deed = f"{action.intent} {plural(len(left), 'node')} of {listed(pools)}"
        agree(call.world, client.account.title, deed, pools, consent)
        if removal is not None and keep is not None:
            removal.save_logs(keep)
    work = NodeChanging(call.world, client, plan, wanted, journal)
    changes = NodeChanges(
        call.head(client),
        with_refusals_told(call, work.changes()),
        work.problems,
        call.steps(afterwards(action.name, left, removal.targets if removal else {}))
        if left
        else (),
    )
    with closing(journal):
        call.write(changes.document())
    return worst(changes.statuses)


def _removal(call: Call, client: Client, plan: Plan, keep: Path | None) -> Removal:
    return read_removal(Reading(call.world, client), plan, keep)


def _announce(call: Call, client: Client, left: Sequence[NodeName], lines: Sequence[str]) -> None:
    if left:
        announce_where(call.world, client.account.title)
    for line in lines:
        announce(call.world, line)
