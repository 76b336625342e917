"""What a change to nodes will disturb: told before anyone is asked, refused if too much."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec

from batchdoctor.core.names import NodeName, folded
from batchdoctor.core.nodes.disturbance import Disturbance, RunningTasks, disturbance, running_tasks
from batchdoctor.core.records import Node
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, DeclinedError, NotFoundError
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.surroundings import Surroundings

# From here on the nodes on which nothing runs are counted rather than named.
_NAMED_IDLE_NODES = 10


class Plan(msgspec.Struct):
    """The nodes of a change: as they are now, or why they cannot be changed."""

    action: Action
    option: str
    names: Sequence[NodeName]
    nodes: dict[NodeName, Node] = msgspec.field(default_factory=dict)
    missing: dict[NodeName, BatchdoctorError] = msgspec.field(default_factory=dict)
    disturbs: list[str] = msgspec.field(default_factory=list)
    """What will be done and what it disturbs, a line each."""
    too_much: DeclinedError | None = None
    """Why it may not be done: it takes too many of a pool's schedulable nodes."""

    @property
    def unchanged(self) -> set[NodeName]:
        """The nodes that are as asked already."""
        return {name for name, node in self.nodes.items() if self.action.is_there(node)}


def make_plan(
    outside: Surroundings,
    client: Client,
    action: Action,
    names: Sequence[NodeName],
    option: str,
    max_share: int,
) -> Plan:
    """Read the pools and find out what the change disturbs.

    It is too much if more than `max_share` percent of a pool's schedulable nodes would go.
    """
    plan = Plan(action, option, names)
    for _, group in groupby(sorted(names, key=_by_pool), key=lambda name: folded(name.pool_id)):
        members = list(group)
        pool_id, chosen = members[0].pool_id, [name.node_id for name in members]
        outside.progress(f"reading the nodes of pool {pool_id}")
        try:
            effect = disturbance(client.nodes(pool_id), chosen)
        except BatchdoctorError as error:
            plan.missing |= dict.fromkeys(members, error)
            continue
        _sort(plan, members, effect)
        if effect.nodes:
            plan.disturbs += _disturbed(plan, pool_id, effect)
        if action.takes_out and effect.lost_share * 100 > max_share:
            plan.too_much = plan.too_much or _too_much(pool_id, effect, max_share)
    return plan


def _by_pool(name: NodeName) -> tuple[str, str]:
    return name.key


def _sort(plan: Plan, names: Sequence[NodeName], effect: Disturbance) -> None:
    for name in names:
        if (node := effect.nodes.get(folded(name.node_id))) is not None:
            plan.nodes[name] = node
        else:
            missing = NotFoundError(
                f"The node {name.node_id} is not in the pool {name.pool_id}.",
                hint=command_line("nodes", "list", pool=name.pool_id),
                code="NodeNotFound",
            )
            missing.asked = (name.pool_id, name.node_id)
            plan.missing[name] = missing


def _disturbed(plan: Plan, pool_id: str, effect: Disturbance) -> list[str]:
    intent, lines, idle = plan.action.intent, [], []
    already = [node.id for node in effect.nodes.values() if plan.action.is_there(node)]
    for node in effect.nodes.values():
        if node.id in already:
            continue
        tasks = running_tasks(node)
        if tasks.names or tasks.unnamed:
            lines.append(f"will {intent} {pool_id}/{node.id}; {_fate(plan, tasks)}")
        else:
            idle.append(f"will {intent} {pool_id}/{node.id}; no tasks run there")
    if len(idle) > _NAMED_IDLE_NODES:
        idle = [f"will {intent} {len(idle)} nodes of the pool {pool_id} on which no tasks run"]
    lines += [f"{pool_id}/{node_id}: {plan.action.already}" for node_id in already]
    if plan.action.takes_out and len(already) < len(effect.nodes):
        idle.append(
            f"the pool {pool_id} keeps {effect.schedulable_after} of "
            f"{plural(effect.schedulable_before, 'schedulable node')}"
        )
    return [*lines, *idle]


def _fate(plan: Plan, tasks: RunningTasks) -> str:
    """What becomes of the tasks that run on a node."""
    names = [*tasks.names, *([f"{tasks.unnamed} more"] if tasks.unnamed else [])]
    fate = plan.action.effects.get(plan.option, "not disturbed")
    return f"running tasks {fate}: {', '.join(names)}"


def _too_much(pool_id: str, effect: Disturbance, max_share: int) -> DeclinedError:
    share = round(effect.lost_share * 100)
    lost = effect.schedulable_before - effect.schedulable_after
    return DeclinedError(
        f"Nothing was done: this takes {lost} of the {effect.schedulable_before} schedulable nodes "
        f"of the pool {pool_id} ({share} %), and --max-share allows {max_share} %.",
        hint=f"name fewer nodes, or add --max-share {share} if that is what you want",
    )
