"""Changes nodes: says what it will disturb, asks, acts on one after the other, says what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.consent import ask, refuse_when_read_only
from batchdoctor.cli.options import NodeName
from batchdoctor.core.disturbance import Disturbance, disturbance
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError
from batchdoctor.report.changes import NodeChange, NodeChanges, Outcome
from batchdoctor.report.failure_page import plural
from batchdoctor.report.head import Head
from batchdoctor.report.untrusted import visible
from batchdoctor.service.actions import ActionResult, disable_scheduling
from batchdoctor.service.actions import Outcome as ServiceOutcome
from batchdoctor.service.client import Client


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of change: its name for machines, and its sentences for people.

    `effects` says what each option does to the tasks that run on the node.
    """

    name: str
    intent: str
    done: str
    already: str
    effects: Mapping[str, str]
    act: Callable[[Client, str, str, str], ActionResult]


DISABLE = Action(
    name="disable",
    intent="disable scheduling on",
    done="scheduling disabled",
    already="scheduling was disabled already",
    effects={
        "requeue": "stopped and queued again",
        "terminate": "ended as failed",
        "taskcompletion": "left to finish first",
    },
    act=disable_scheduling,
)


def change_nodes(
    call: Call,
    action: Action,
    names: Sequence[NodeName],
    option: str,
    *,
    yes: bool,
    dry_run: bool,
) -> int:
    """Change nodes after consent; the exit status is the worst of what happened to any of them."""
    if not dry_run:
        refuse_when_read_only(call.world, action.name)
    with call.client() as client:
        missing = _announce(call, client, action, names, option)
        present = [name for name in names if name not in missing]
        if not present:
            raise next(iter(missing.values()))
        if not (yes or dry_run):
            ask(call.world, f"{action.intent.capitalize()} {plural(len(present), 'node')}?")
        changes = NodeChanges(
            Head(call.command, client.account.host, call.world.now()),
            _changes(client, action, names, option, missing, dry_run=dry_run),
        )
        call.write(changes.document())
        return worst(changes.statuses)


def _announce(
    call: Call, client: Client, action: Action, names: Sequence[NodeName], option: str
) -> dict[NodeName, BatchdoctorError]:
    """Tell what the change will disturb; give the nodes that do not exist."""
    missing: dict[NodeName, BatchdoctorError] = {}
    for pool_id, group in groupby(sorted(names), key=lambda name: name.pool_id):
        chosen = [name.node_id for name in group]
        effect = disturbance(client.nodes(pool_id), chosen)
        for node_id in chosen:
            name = NodeName(pool_id, node_id)
            if node_id in effect.running_tasks:
                _tell_node(call, action, name, effect.running_tasks[node_id], option)
            else:
                missing[name] = _not_there(name)
        _tell_pool(call, pool_id, effect)
    return missing


def _not_there(name: NodeName) -> NotFoundError:
    return NotFoundError(
        f"The node {name.node_id} is not in the pool {name.pool_id}.",
        hint=f"batchdoctor nodes suspect --pool {name.pool_id}",
        code="NodeNotFound",
    )


def _tell_node(
    call: Call, action: Action, name: NodeName, tasks: Sequence[str], option: str
) -> None:
    effect = f"running tasks {action.effects[option]}: {', '.join(tasks)}" if tasks else ""
    call.world.tell(visible(f"will {action.intent} {name}; {effect or 'no tasks run there'}"))


def _tell_pool(call: Call, pool_id: str, effect: Disturbance) -> None:
    call.world.tell(
        visible(
            f"the pool {pool_id} keeps {effect.schedulable_after} of "
            f"{plural(effect.schedulable_before, 'schedulable node')}"
        )
    )


def _changes(
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    option: str,
    missing: Mapping[NodeName, BatchdoctorError],
    *,
    dry_run: bool,
) -> Iterator[NodeChange]:
    for name in names:
        if name in missing:
            yield _failed(action, name, option, missing[name])
        elif dry_run:
            yield _change(action, name, option, Outcome.PLANNED, f"would {action.intent} it")
        else:
            yield _changed(client, action, name, option)


def _changed(client: Client, action: Action, name: NodeName, option: str) -> NodeChange:
    """Make one change; a refusal is a result too, so that the other nodes get their turn."""
    try:
        result = action.act(client, name.pool_id, name.node_id, option)
    except BatchdoctorError as error:
        return _failed(action, name, option, error)
    if result.outcome is ServiceOutcome.ALREADY:
        outcome, message = Outcome.ALREADY, action.already
    else:
        outcome, message = Outcome.DONE, action.done
    return _change(action, name, option, outcome, message, request_id=result.request_id)


def _failed(action: Action, name: NodeName, option: str, error: BatchdoctorError) -> NodeChange:
    return _change(
        action,
        name,
        option,
        Outcome.FAILED,
        error.message,
        status=error.exit_code,
        code=error.code,
        request_id=error.request_id,
    )


def _change(
    action: Action,
    name: NodeName,
    option: str,
    outcome: Outcome,
    message: str,
    *,
    status: ExitCode = ExitCode.OK,
    code: str | None = None,
    request_id: str | None = None,
) -> NodeChange:
    return NodeChange(
        pool_id=name.pool_id,
        node_id=name.node_id,
        action=action.name,
        option=option,
        outcome=outcome,
        message=message,
        status=status,
        code=code,
        request_id=request_id,
    )
