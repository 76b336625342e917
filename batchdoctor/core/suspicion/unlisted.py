"""Successes that were deleted: no list of tasks has them, the counters of nodes do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.live_runs import as_watched
from batchdoctor.core.suspicion.run_counts import RunCounts

# Fewer successes than this that the nodes counted and no list has are within what counters may err.
_FEWEST_UNLISTED = 10
# More nodes at once than this may differ from the rest by when they ran and what, unless they fail
# most of it.
_FEW_AT_ONCE = 2
_MOST = 0.5

FailuresByJob = Mapping[tuple[str, str], Mapping[str, int]]


class Unlisted(msgspec.Struct, frozen=True):
    """Successes that the nodes of a pool counted, and that no list of tasks has any more."""

    pool_id: str
    successes: int
    jobs: frozenset[str]
    """Jobs of which failures are listed and no success."""


def unlisted_of(
    pool_id: str,
    listed: Mapping[str, tuple[int, int]],
    nodes: Iterable[Node],
    among: Collection[str] | None = None,
) -> Unlisted | None:
    """Compare what jobs list with what their nodes counted; None where nothing is missing.

    `listed` has successes and failures by job. Users, and workflow systems by default, delete tasks
    that succeeded; the nodes' `totalTasksSucceeded` still counts them, of every job of the pool.
    Only jobs `among` those given are told of, if any are.
    """
    jobs = frozenset(
        job_id
        for job_id, (well, failed) in listed.items()
        if failed and not well and (among is None or job_id in among)
    )
    counted = sum(node.total_tasks_succeeded or 0 for node in nodes)
    missing = counted - sum(well for well, _ in listed.values())
    if not jobs or missing < _FEWEST_UNLISTED:
        return None
    return Unlisted(pool_id, missing, jobs)


def with_unlisted(counts: RunCounts, unlisted: Unlisted, nodes: Iterable[Node]) -> bool:
    """Count unlisted successes for the jobs that list none, node by node; False if by estimate.

    Of which job and time they were is not known, so the times of the pool are forgotten, and what
    failed on nodes that left, whose counters are gone. A node's counter holds listed successes of
    other jobs too: where those were not read node by node, what is unlisted is spread as the
    counters are, and nobody should be accused by that.
    """
    job_id = min(unlisted.jobs)
    pool = counts.pools.setdefault(unlisted.pool_id, {})
    for runs in pool.values():
        for other in unlisted.jobs & runs.jobs.keys() - {job_id}:
            job = runs.jobs.pop(other)
            runs.job(job_id).include(job.runs, job.failures, job.node_caused)
    there = list(nodes)
    for node_id in pool.keys() - {node.id for node in there}:
        pool[node_id].jobs.pop(job_id, None)
        if not pool[node_id].jobs:
            del pool[node_id]
    missing = {}
    for node in there:
        known = sum(
            job.runs - job.failures for job in counts.node(unlisted.pool_id, node.id).jobs.values()
        )
        missing[node.id] = max(0, (node.total_tasks_succeeded or 0) - known)
    total = sum(missing.values())
    exact = total <= unlisted.successes
    for node_id, uncounted in missing.items():
        share = uncounted if exact else uncounted * unlisted.successes // total
        counts.node(unlisted.pool_id, node_id).job(job_id).include(share, 0, 0)
    if counts.history is not None:
        counts.history.pools.pop(unlisted.pool_id, None)
    return exact


def failures_by_job(counts: RunCounts) -> dict[tuple[str, str], dict[str, int]]:
    """How often each node of each pool failed which job."""
    return {
        (pool_id, node_id): {name: job.failures for name, job in node.jobs.items() if job.failures}
        for pool_id, nodes in counts.pools.items()
        for node_id, node in nodes.items()
    }


def guarded(
    judged: Sequence[Suspicion], unlisted: Mapping[str, bool], failures: FailuresByJob
) -> list[Suspicion]:
    """The suspicions, those of pools whose successes were deleted with the care that this asks for.

    `unlisted` says of such pools whether it is known on which node the successes were. When they
    ran and of which kind they were is not: that alone can tell many nodes from the rest.
    `failures` are those of each node by job, since those jobs were compared together.
    """
    accused = Counter(found.pool_id for found in judged if found.verdict == "suspect")
    return [
        _guarded(found, known=unlisted[found.pool_id], many=accused[found.pool_id] > _FEW_AT_ONCE)
        if found.pool_id in unlisted
        else found
        for each in judged
        for found in [_with_jobs(each, failures) if each.pool_id in unlisted else each]
    ]


def _with_jobs(found: Suspicion, failures: FailuresByJob) -> Suspicion:
    own = failures.get((found.pool_id, found.node_id), {})
    return replace(found, jobs=largest_first(dict(own)))


def _guarded(found: Suspicion, *, known: bool, many: bool) -> Suspicion:
    if not known:
        why = "successes were deleted, and their node's counter has other jobs too"
        return as_watched(found, f"estimated: {why}")
    if many and found.failure_rate < _MOST:
        why = "successes were deleted; when they ran, and which kinds, may explain so many nodes"
        return as_watched(found, f"estimated: {why}")
    return found
