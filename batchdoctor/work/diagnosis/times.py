"""When the jobs of an account failed: each by itself since a moment, and many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.suspicion.outage import outages_of
from batchdoctor.core.suspicion.rise import rises_of


def tell_times(
    jobs: Mapping[str, JobFacts],
    pools: Iterable[PoolFacts],
    history: History | None,
    since: datetime | None,
) -> None:
    """Tell jobs of their rises and of the outages that struck them, without the suspect nodes.

    What was over before `since` is left out.
    """
    accused = {
        (pool.pool.id, suspicion.node_id)
        for pool in pools
        for suspicion in pool.suspicions
        if suspicion.verdict == "suspect"
    }
    for rise in rises_of(history, accused):
        over = since and rise.until and rise.until < since
        if not over and (facts := jobs.get(rise.job_id)):
            facts.rise = rise
    for outage in outages_of(history, accused):
        if since and outage.until < since:
            continue
        for job_id in outage.jobs:
            if facts := jobs.get(job_id):
                facts.outages = (*facts.outages, outage)
