"""What suspect nodes have in common that the other nodes of their pool have not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.suspicion.tail_probability import Stratum, upper_tail
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say

SHARED = "shared"
LOOK_FOR_WHAT_CAME = say(
    "Look for what came with them: an image, an agent, a start task, a network."
)

# Fewer suspects than this share something by chance.
FEWEST_SUSPECTS = 3
# How probable so clear a split may be by chance, for each of the things that are looked at.
_UP_TO = 0.002

_LONGEST = 60
_SCALE_SET = re.compile(r"/virtualMachineScaleSets/([^/]+)", re.IGNORECASE)

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


def _image(node: Node) -> str | None:
    """The image with the version that "latest" was when the node was made."""
    info = node.virtual_machine_info
    image = info.image_reference if info else None
    if image is None:
        return None
    if image.virtual_machine_image_id:
        return f"of image {image.virtual_machine_image_id.rpartition('/images/')[2]}"
    version = image.exact_version or image.version
    name = " ".join(filter(None, (image.offer, image.sku, version)))
    return f"of image {name}" if name else None


def _start_task(node: Node) -> str | None:
    line = node.start_task.command_line if node.start_task else None
    if not line:
        return None
    return f"with start task `{line[:_LONGEST]}{'...' if len(line) > _LONGEST else ''}`"


def _scale_set(node: Node) -> str | None:
    """The scale set, of which a large pool has several, each with its own hardware and network."""
    info = node.virtual_machine_info
    found = _SCALE_SET.search((info and info.scale_set_vm_resource_id) or "")
    return f"in scale set {found[1]}" if found else None


def _addresses(node: Node) -> str | None:
    """The first three numbers of the address: nodes do not tell their subnet."""
    front, dot, _ = (node.ip_address or "").rpartition(".")
    return f"with addresses {front}.*" if dot else None


_TRAITS: tuple[Trait, ...] = (
    *(_image, _agent, _start_task),
    *(_size, _kind, _scale_set, _addresses),
)


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
        others = {trait(node) for node in rest}
        # What is not known of a node may be the same as that of the suspects.
        if not values and value is not None and not others & {value, None}:
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


def with_shared(found: Sequence[SuspectNode], nodes: Iterable[Node]) -> list[SuspectNode]:
    """The nodes; suspects that share what no other node of their pool has say so last.

    What came with them is looked for then: to restart each of them would bring the same again.
    """
    pools: dict[str, list[Node]] = {}
    for node in nodes:
        pools.setdefault(node.pool_id, []).append(node)
    accused: dict[str, list[SuspectNode]] = {}
    for each in found:
        if each.verdict == "suspect":
            accused.setdefault(each.pool_id, []).append(each)
    told = {
        pool_id: _shared(pool_id, suspects, shared, len(members) - len(suspects))
        for pool_id, suspects in accused.items()
        for members in [pools.get(pool_id, [])]
        if (shared := shared_by({each.node_id for each in suspects}, members))
    }
    return [
        replace(each, reasons=(*each.reasons, told[each.pool_id][0]), advice=told[each.pool_id][1])
        if each.verdict == "suspect" and each.pool_id in told
        else each
        for each in found
    ]


def _shared(
    pool_id: str, suspects: Sequence[SuspectNode], shared: Sequence[str], others: int
) -> tuple[Reason, tuple[Step, ...]]:
    reason = Reason(
        SHARED,
        f"all {len(suspects)} suspects, and none of the {others} other nodes, are"
        f" {' and '.join(shared)}",
    )
    at_work = [each.node_id for each in suspects if not each.is_parked]
    stop = [run(command_line("node", "disable", *at_work, "--requeue", pool=pool_id))]
    show = run(NodeCommands(pool_id, suspects[0].node_id).act("show"))
    return reason, (LOOK_FOR_WHAT_CAME, show, *(stop if at_work else ()))
