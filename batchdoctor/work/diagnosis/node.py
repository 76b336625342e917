"""Reads one node, the others of its pool where that helps, and what its start task wrote last."""

from __future__ import annotations

from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node, same
from batchdoctor.core.suspicion.node_failures import may_fail_often, often_failed
from batchdoctor.core.suspicion.node_story import NodeStory
from batchdoctor.work.diagnosis.start_task_words import start_task_said
from batchdoctor.work.reading.reading import Reading


def read_node(reading: Reading, name: NodeName) -> NodeStory:
    """Read a node. Raises NotFoundError."""
    node = reading.client.node(name.pool_id, name.node_id)
    reading.begun = True
    failing = _failing(reading, node)
    said = start_task_said(reading, node)
    return NodeStory(
        node=node,
        at=reading.outside.now(),
        failing=failing,
        words=said.words,
        cause=said.cause,
        communication_mode=_communication_mode(reading, node),
    )


def _communication_mode(reading: Reading, node: Node) -> str | None:
    """How the nodes of its pool communicate, which matters where an agent cannot be reached."""
    if not same(node.state, "unusable") or node.errors:
        return None
    pools = (reading.client.pool(pool_id) for pool_id in (node.pool_id,))
    read = list(reading.each(f"pool {node.pool_id}", pools))
    return read[0].current_node_communication_mode if read else None


def _failing(reading: Reading, node: Node) -> Reason | None:
    """Whether more failed on the node than on the others of its pool, which are listed for that."""
    if not may_fail_often(node):
        return None
    pool = reading.client.nodes(node.pool_id)
    return often_failed(node, reading.each(f"the nodes of pool {node.pool_id}", pool))
