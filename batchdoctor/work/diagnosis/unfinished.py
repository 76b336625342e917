"""Reads the unfinished tasks of an account, and the nodes that they raise a question about."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.running import rerun
from batchdoctor.core.records import same
from batchdoctor.work.diagnosis.job_reading import read_preparations, read_unfinished
from batchdoctor.work.diagnosis.pool_reading import read_nodes
from batchdoctor.work.reading.reading import Reading

# Looking at unfinished tasks takes up to two requests for each job, and more for what they depend
# on.
MOST_UNFINISHED = 300


def read_unfinished_jobs(reading: Reading, jobs: Sequence[JobFacts]) -> list[str]:
    """Read who waits and who runs; gives the jobs that were left out because they are too many.

    First come those of which the counts say that they may be stuck for ever.
    """
    counted = [facts for facts in jobs if facts.counts and facts.unfinished]
    active = [facts for facts in counted if same(facts.job.state, "active")]
    active.sort(key=lambda facts: (not _may_be_stuck(facts), -facts.active))
    chosen = active[:MOST_UNFINISHED]
    read_preparations(reading, [facts for facts in chosen if _prepares(facts)])
    read_unfinished(reading, chosen)
    _read_more_nodes(reading, [facts.pool for facts in chosen if facts.pool and rerun(facts)])
    return [facts.job.id for facts in active[MOST_UNFINISHED:]]


def _read_more_nodes(reading: Reading, pools: Sequence[PoolFacts]) -> None:
    """Read the nodes of pools whose tasks raise a question about them."""
    wanted = {facts.pool.id: facts for facts in pools if facts.nodes is None}
    for pool_id, nodes in reading.ahead(wanted, reading.client.nodes):
        read_nodes(reading, wanted[pool_id], nodes)


def _prepares(facts: JobFacts) -> bool:
    return facts.job.job_preparation_task is not None


def _may_be_stuck(facts: JobFacts) -> bool:
    """Whether tasks wait, and the counts say that it may be for ever."""
    counts = facts.counts
    if counts is None or not counts.active or not same(facts.job.state, "active"):
        return False
    blocked = bool(facts.job.uses_task_dependencies and counts.failed)
    return blocked or _prepares(facts) or not counts.running
