"""Reads one pool with its nodes and whatever waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.records import Node, SupportedImage
from batchdoctor.errors import BatchdoctorError
from batchdoctor.work.reading.listings import read_whole
from batchdoctor.work.reading.reading import Reading


def read_pool(reading: Reading, pool_id: str, at: datetime) -> PoolFacts:
    """Read a pool, the counts of its nodes and the nodes. Raises NotFoundError."""
    client = reading.client
    pool = client.pool(pool_id)
    reading.begun = True
    facts = PoolFacts(pool=pool, at=at)
    for counts in reading.each(f"counts of nodes of pool {pool_id}", client.node_counts(pool_id)):
        facts.counts = counts
    read_nodes(reading, facts, client.nodes(pool_id))
    facts.images = read_images(reading)
    return facts


def read_images(reading: Reading) -> Sequence[SupportedImage] | None:
    """Read what the service supports; None if it does not tell, for what was announced is known."""
    try:
        return list(reading.client.supported_images())
    except BatchdoctorError:
        return None


def read_nodes(reading: Reading, facts: PoolFacts, nodes: Iterator[Node]) -> None:
    """Keep the nodes of a pool, or as many of them as could be read."""
    facts.nodes, whole = read_whole(reading, f"nodes of pool {facts.pool.id}", nodes)
    facts.nodes_partial = not whole
