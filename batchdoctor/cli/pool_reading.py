"""Reads one pool with its nodes and whatever waits for it."""

from __future__ import annotations

from datetime import datetime

from batchdoctor.cli.reading import Reading
from batchdoctor.core.checks.facts import PoolFacts


def read_pool(reading: Reading, pool_id: str, at: datetime) -> PoolFacts:
    """Read a pool, the counts of its nodes and the nodes. Raises NotFoundError."""
    client = reading.client
    pool = client.pool(pool_id)
    reading.begun = True
    facts = PoolFacts(pool=pool, at=at)
    for counts in reading.each(f"counts of nodes of pool {pool_id}", client.node_counts(pool_id)):
        facts.counts = counts
    # None would say that the nodes were not asked for.
    facts.nodes = list(reading.each(f"nodes of pool {pool_id}", client.nodes(pool_id)))
    return facts
