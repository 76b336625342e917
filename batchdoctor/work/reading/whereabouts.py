"""Finds the pool of a node that is named without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.names import NodeName
from batchdoctor.core.records import Node
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import listed
from batchdoctor.errors import NotFoundError, UsageError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.work.reading.nearest import nearest_node


def located(client: Client, names: Sequence[NodeName]) -> list[NodeName]:
    """The same nodes; those without a pool are asked for in every pool, several at a time.

    Raises NotFoundError for one that is in none, UsageError for one that is in several.
    """
    unknown = [name for name in names if not name.pool_id]
    pools = list(client.ids("pools")) if unknown else []
    return [name if name.pool_id else _located(client, name.node_id, pools) for name in names]


def _located(client: Client, node_id: str, pools: Sequence[str]) -> NodeName:
    def read(pool_id: str) -> Iterator[Node]:
        try:
            yield client.node(pool_id, node_id)
        except NotFoundError:
            return

    found = [NodeName(pool, node.id) for pool, nodes in prefetched(pools, read) for node in nodes]
    if not found:
        look, meant = command_line("nodes", "list"), nearest_node(client, node_id, pools)
        raise NotFoundError(
            f"The node {node_id} is in none of the pools.",
            hint=f"did you mean {meant}? What there is: {look}" if meant else look,
            code="NodeNotFound",
        )
    if len(found) > 1:
        raise UsageError(
            f"The node {node_id} is in several pools.",
            hint=f"write one of {listed([str(name) for name in found])}",
        )
    return found[0]
