"""What suspect nodes have in common that the other nodes of their pool have not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.tail_probability import Stratum, upper_tail

# Fewer suspects than this share something by chance.
FEWEST_SUSPECTS = 3
# How probable so clear a split may be by chance, for each of the things that are looked at.
_UP_TO = 0.002

Trait = Callable[[Node], str | None]


def _agent(node: Node) -> str | None:
    version = node.node_agent_info.version if node.node_agent_info else None
    return f"with agent {version}" if version else None


def _size(node: Node) -> str | None:
    return f"of size {node.vm_size}" if node.vm_size else None


def _kind(node: Node) -> str | None:
    if node.is_dedicated is None:
        return None
    return "dedicated" if node.is_dedicated else "spot"


_TRAITS: tuple[Trait, ...] = (_agent, _size, _kind)


def shared_by(suspects: Collection[str], nodes: Sequence[Node]) -> list[str]:
    """What all suspects share and no other node has, in words; empty where there is nothing.

    `suspects` are ids among `nodes`, which are all of one pool.
    """
    mine = [node for node in nodes if node.id in suspects]
    rest = [node for node in nodes if node.id not in suspects]
    if len(mine) < FEWEST_SUSPECTS or not rest:
        return []
    clear = Stratum(len(mine), len(mine), len(rest), 0)
    if upper_tail([clear]) > _UP_TO:
        return []
    found = [told] if (told := _allocated(mine, rest)) else []
    for trait in _TRAITS:
        values = {trait(node) for node in mine}
        value = values.pop()
        if not values and value is not None and all(trait(node) != value for node in rest):
            found.append(value)
    return found


def _allocated(mine: Sequence[Node], rest: Sequence[Node]) -> str | None:
    """That all suspects were allocated after all others, or before."""
    moments = [node.allocation_time for node in mine if node.allocation_time]
    others = [node.allocation_time for node in rest if node.allocation_time]
    if len(moments) < len(mine) or len(others) < len(rest):
        return None
    if min(moments) > max(others):
        return f"allocated at {min(moments):%Y-%m-%d %H:%M} UTC or later"
    if max(moments) < min(others):
        return f"allocated at {max(moments):%Y-%m-%d %H:%M} UTC or before"
    return None
