"""Nodes of a pool that have the same trouble: how they are named, and commands about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.finding import Subject
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.records import Node
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import plural, since

# More nodes than this make a command line that nobody reads before running it.
MOST_IN_A_COMMAND = 5

Cause = tuple[str, ...]


def grouped(nodes: Iterable[Node], cause: Callable[[Node], Cause]) -> dict[Cause, list[Node]]:
    """Nodes by the cause of their trouble."""
    groups: dict[Cause, list[Node]] = {}
    for node in nodes:
        groups.setdefault(cause(node), []).append(node)
    return groups


def ids(group: Sequence[Node]) -> tuple[str, ...]:
    """The ids of the nodes."""
    return tuple(node.id for node in group)


def subject(facts: PoolFacts, group: Sequence[Node]) -> Subject:
    """The nodes as the subject of a finding."""
    return Subject(pool_id=facts.pool.id, node_ids=ids(group))


def named(group: Sequence[Node]) -> str:
    """How many nodes: `1 node`, `12 nodes`."""
    return plural(len(group), "node")


def longest(facts: PoolFacts, group: Sequence[Node]) -> str:
    """How long the first of them has been in its state: ` for 2 h`, or nothing."""
    moments = [node.state_transition_time for node in group if node.state_transition_time]
    return since(min(moments, default=None), facts.at)


def share(facts: PoolFacts, group: Sequence[Node]) -> str:
    """What part of the pool they are, or of that part of it which could be read."""
    nodes = plural(len(facts.nodes or ()), "node")
    if facts.nodes_partial:
        return f"That is {len(group):,} of the {nodes} that could be read; there may be more."
    return f"That is {len(group):,} of the pool's {nodes}."


def first(facts: PoolFacts, group: Sequence[Node]) -> NodeCommands:
    """Command lines about the first of the nodes, to look at it."""
    return NodeCommands(facts.pool.id, group[0].id)


def act(facts: PoolFacts, group: Sequence[Node], action: str) -> str:
    """A command that changes the nodes; of many only the first, to see whether it helps."""
    chosen = ids(group)[: 1 if len(group) > MOST_IN_A_COMMAND else None]
    return command_line("node", action, *chosen, pool=facts.pool.id)
