"""Reads two nodes to be compared."""

from __future__ import annotations

import msgspec

from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.facts import NODE_MEMBERS, facts_of
from batchdoctor.core.comparison.nodes import NodeSide, compared_two_nodes
from batchdoctor.core.comparison.steady import Steadying
from batchdoctor.core.names import NodeName
from batchdoctor.core.records import Node
from batchdoctor.errors import UsageError
from batchdoctor.service.originals import Originals
from batchdoctor.work.comparison.job_side import pool_facts
from batchdoctor.work.reading.reading import Reading


def compare_nodes(reading: Reading, first: NodeName, second: NodeName) -> Comparison:
    """Compare two nodes, of one pool or of two. Raises NotFoundError for one that is not there."""
    if first.key == second.key:
        raise UsageError(f"{first} cannot differ from itself.", hint="name two nodes")
    one, other = (_side(reading, name) for name in (first, second))
    return compared_two_nodes(one, other, reading.outside.now())


def _side(reading: Reading, name: NodeName) -> NodeSide:
    document = Originals(reading.client).node(name.pool_id, name.node_id)
    reading.begun = True
    node = msgspec.convert({**document, "poolId": name.pool_id}, Node)
    return NodeSide(
        name=NodeName(name.pool_id, node.id),
        node=node,
        facts=facts_of(document, NODE_MEMBERS, Steadying([name.pool_id, node.id])),
        pool=pool_facts(reading, name.pool_id),
    )
