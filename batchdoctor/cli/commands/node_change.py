"""Changes nodes for a person: says what will be disturbed, asks, and shows what came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from batchdoctor.cli.call import Call
from batchdoctor.cli.consent import announce, ask
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.options import names_in_short
from batchdoctor.core.names import NodeName
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import worst
from batchdoctor.report.changes import NodeChanges
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.changes.change import Change, Wanted, refuse_if_none_is_there
from batchdoctor.work.changes.plan import make_plan
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended


def change_nodes(
    call: Call, action: Action, names: Sequence[NodeName], wanted: Wanted, *, yes: bool
) -> int:
    """Change nodes after consent; the exit status is the worst of what happened to any of them."""
    with call.client() as client:
        return change_these(call, client, action, names, wanted, yes=yes)


def change_these(
    call: Call,
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    wanted: Wanted,
    *,
    yes: bool,
) -> int:
    """Change nodes through a client that is open already, else as `change_nodes`."""
    if not wanted.dry_run:
        refuse_when_read_only(call.world.environ, f"node {action.name} {names_in_short(names)}")
    journal = call.journal(client, to_write=not wanted.dry_run, kept=wanted.in_journal)
    plan = make_plan(call.world, client, action, names, wanted.option, wanted.max_share)
    tell_unended(journal, map(str, names))
    for line in plan.disturbs:
        announce(call.world, line)
    if plan.too_much:
        raise plan.too_much
    refuse_if_none_is_there(plan)
    count = len(plan.nodes) - len(plan.unchanged)
    if count and not (yes or wanted.dry_run):
        ask(call.world, f"{action.intent.capitalize()} {plural(count, 'node')}?")
    work = Change(call.world, client, plan, wanted, journal)
    changes = NodeChanges(
        call.head(client), with_refusals_told(call, work.changes()), work.problems
    )
    with closing(journal):
        call.write(changes.document())
    return worst(changes.statuses)
