"""Changes nodes for a person: says what will be disturbed, asks, and shows what came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from batchdoctor.cli.call import Call
from batchdoctor.cli.consent import Consent, agree, announce, announce_where
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.options import names_in_short
from batchdoctor.core.names import NodeName
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.errors import worst
from batchdoctor.report.changes import NodeChanges
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.changes.change import Change, Wanted, refuse_if_none_is_there
from batchdoctor.work.changes.plan import make_plan
from batchdoctor.work.changes.read_only import refuse_when_read_only


def change_nodes(
    call: Call, action: Action, names: Sequence[NodeName], wanted: Wanted, consent: Consent
) -> int:
    """Change nodes after consent; the exit status is the worst of what happened to any of them."""
    with call.client() as client:
        return change_these(call, client, action, names, wanted, consent)


def change_these(
    call: Call,
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    wanted: Wanted,
    consent: Consent,
) -> int:
    """Change nodes through a client that is open already, else as `change_nodes`."""
    if not wanted.dry_run:
        refuse_when_read_only(call.world.environ, f"node {action.name} {names_in_short(names)}")
    journal = call.journal(client, to_write=not wanted.dry_run)
    plan = make_plan(call.world, client, action, names, wanted.option, wanted.max_share)
    account = client.account.title
    left = [name for name in plan.nodes if name not in plan.unchanged]
    if left:
        announce_where(call.world, account)
    for line in plan.disturbs:
        announce(call.world, line)
    if plan.too_much:
        raise plan.too_much
    refuse_if_none_is_there(plan)
    if left and not wanted.dry_run:
        pools = sorted({name.pool_id for name in left})
        deed = f"{action.intent} {plural(len(left), 'node')} of {listed(pools)}"
        agree(call.world, account, deed, pools, consent)
    work = Change(call.world, client, plan, wanted, journal)
    changes = NodeChanges(
        call.head(client), with_refusals_told(call, work.changes()), work.problems
    )
    with closing(journal):
        call.write(changes.document())
    return worst(changes.statuses)
