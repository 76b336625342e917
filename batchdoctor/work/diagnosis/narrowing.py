"""A triage of some pools or jobs only: which of an account are meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.inventory.wanted import among
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job
from batchdoctor.service.client import Client


class Narrowing(msgspec.Struct, frozen=True):
    """Pools and jobs that are meant; none at all means everything."""

    pools: Sequence[str] = ()
    jobs: Sequence[str] = ()

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.pools or self.jobs)


def jobs_to_add(client: Client, wanted: Narrowing, known: Mapping[str, JobFacts]) -> Iterator[Job]:
    """Jobs that are named, and that a list of what is under way does not have.

    Raises NotFoundError for one that does not exist.
    """
    listed = set(map(folded, known))
    for name in wanted.jobs:
        if folded(name) not in listed:
            yield client.job(name)


def check_pools(client: Client, wanted: Narrowing, known: Mapping[str, PoolFacts]) -> None:
    """Raise NotFoundError for a pool that is named and does not exist."""
    listed = set(map(folded, known))
    for name in wanted.pools:
        if folded(name) not in listed:
            client.pool(name)


def narrowed_jobs(wanted: Narrowing, jobs: Mapping[str, JobFacts]) -> dict[str, JobFacts]:
    """The jobs that are meant: by name, and by the pool that they run on."""
    return {
        job_id: facts
        for job_id, facts in jobs.items()
        if among(job_id, wanted.jobs) and among(facts.pool_id, wanted.pools)
    }


def narrowed_pools(
    wanted: Narrowing, pools: Mapping[str, PoolFacts], jobs: Mapping[str, JobFacts]
) -> dict[str, PoolFacts]:
    """The pools that are meant: by name, or because jobs that are meant run there."""
    names = wanted.pools or [facts.pool_id for facts in jobs.values() if facts.pool_id]
    return {pool_id: facts for pool_id, facts in pools.items() if names and among(pool_id, names)}
