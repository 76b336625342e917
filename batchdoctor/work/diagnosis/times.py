"""When the jobs of an account failed: each by itself since a moment, and many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.suspicion.begun import Begun
from batchdoctor.core.suspicion.common_rise import Quiet, common_rise
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
    begun = Begun(history, accused)
    for rise in rises_of(begun):
        over = since and rise.until and rise.until < since
        if not over and (facts := jobs.get(rise.job_id)):
            facts.rise = rise
    outages = outages_of(history, accused)
    for outage in outages:
        if since and outage.until < since:
            continue
        for job_id in outage.jobs:
            if facts := jobs.get(job_id):
                facts.outages = (*facts.outages, outage)
    common = common_rise(begun, quiet=_quiet(jobs.values()), outages=outages)
    if common is not None and not (since and common.until and common.until < since):
        for job_id in common.jobs:
            if facts := jobs.get(job_id):
                facts.common_rise = common


def _quiet(jobs: Iterable[JobFacts]) -> list[Quiet]:
    """The jobs without failures, of which no task was listed."""
    found = []
    for facts in jobs:
        counts, created = facts.counts, facts.job.creation_time
        if counts is None or counts.failed or not counts.succeeded or created is None:
            continue
        ended = facts.job.state_transition_time if not facts.unfinished else facts.at
        found.append(
            Quiet(facts.job.id, created, max(created, ended or facts.at), counts.succeeded)
        )
    return found
