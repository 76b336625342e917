"""Which pools and jobs of an account a triage is about: what is meant, and not too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.inventory.wanted import among
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job, same
from batchdoctor.service.client import Client

# A request for each job: more than this takes minutes, and no account may have more active jobs
# (https://learn.microsoft.com/azure/batch/batch-quota-limit).
MOST_JOBS = 1000


class Narrowing(msgspec.Struct, frozen=True):
    """Pools and jobs that are meant; none at all means everything."""

    pools: Sequence[str] = ()
    jobs: Sequence[str] = ()

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.pools or self.jobs)


def jobs_to_add(
    client: Client, wanted: Narrowing, pools: Mapping[str, PoolFacts], jobs: Mapping[str, JobFacts]
) -> Iterator[Job]:
    """Jobs that are named, and that a list of what is under way does not have.

    Raises NotFoundError for one that does not exist, and for such a pool.
    """
    listed = set(map(folded, pools))
    for name in wanted.pools:
        if folded(name) not in listed:
            client.pool(name)
    listed = set(map(folded, jobs))
    for name in wanted.jobs:
        if folded(name) not in listed:
            yield client.job(name)


def narrowed(
    wanted: Narrowing, pools: Mapping[str, PoolFacts], jobs: Mapping[str, JobFacts]
) -> tuple[dict[str, PoolFacts], dict[str, JobFacts]]:
    """What is meant: jobs by name and by their pool, pools by name and by the jobs on them."""
    meant = {
        job_id: facts
        for job_id, facts in jobs.items()
        if among(job_id, wanted.jobs) and among(facts.pool_id, wanted.pools)
    }
    names = wanted.pools or [facts.pool_id for facts in meant.values() if facts.pool_id]
    of_pools = {
        pool_id: facts for pool_id, facts in pools.items() if names and among(pool_id, names)
    }
    return of_pools, meant


def most_urgent(jobs: Mapping[str, JobFacts]) -> dict[str, JobFacts]:
    """The unfinished jobs, and of the others those that ended last; not more than `MOST_JOBS`."""
    if len(jobs) <= MOST_JOBS:
        return dict(jobs)
    ordered = sorted(jobs.values(), key=_urgency, reverse=True)
    return {facts.job.id: facts for facts in ordered[:MOST_JOBS]}


def _urgency(facts: JobFacts) -> tuple[bool, float]:
    changed = facts.job.state_transition_time
    return not same(facts.job.state, "completed"), changed.timestamp() if changed else 0.0
