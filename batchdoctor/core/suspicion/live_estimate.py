"""How often each node ran each job, worked out from counters instead of listing every task.

What is known exactly: the failed tasks, how many tasks of each job succeeded, and how many tasks
each node has run successfully in its life. What is assumed: the successes of a pool are spread over
its nodes and jobs independently, so a node has the same share of every job's successes.

Limits. A node's counter covers jobs that were deleted since, so it is used as an upper limit: the
successes are shared out evenly until a node's counter is reached. With nothing deleted this gives
every node its counter; otherwise old nodes get equal shares, which makes a node that was idle or
sick lately look healthier than it is, never worse. Successes beyond all counters belong to nodes
that are gone. A job that ran on few nodes only is spread too thin over all of them: where a verdict
rests on that, listing the tasks decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.run_counts import GONE, NodeRuns, RunCounts

# Steps of the golden ratio fall most evenly into an interval, so nodes with equal shares do not
# all get their rounded-up run from the same job.
GOLDEN_STEP = 0.6180339887498949


class JobSuccesses(msgspec.Struct, frozen=True):
    """Tasks of a job that succeeded, by the job's task counts, and the pool that it runs on."""

    pool_id: str
    succeeded: int


def blamed_node(node_id: str, node: Node | None, started: datetime | None) -> str:
    """Give the node that a failure counts against, or `GONE`.

    A preempted or reimaged node keeps its id, so a task that started before the node was allocated
    ran on its predecessor. `node` is None for a node that is no longer in the pool.
    """
    if node is None:
        return GONE
    allocated = node.allocation_time
    return GONE if allocated and started and started < allocated else node_id


def count_failure(failures: RunCounts, failure: Failure, blamed: str) -> None:
    """Count a failure against the node that `blamed_node` names."""
    failures.add(
        failure.pool_id or "",
        blamed,
        failure.job_id,
        failed=True,
        node_caused=failure.category is Category.NODE,
        code=failure.code,
        when=failure.end_time,
    )


def estimate_runs(
    failures: RunCounts, jobs: Mapping[str, JobSuccesses], nodes: Iterable[Node]
) -> RunCounts:
    """Add estimated successful runs to counts of failed tasks; the result is marked `estimated`.

    `failures` holds all failed tasks of the jobs, one `add` each, against the node that
    `blamed_node` names. A node without a counter gets an even share.
    """
    found = RunCounts(estimated=True)
    found.merge(failures)
    pools: dict[str, dict[str, int | None]] = {}
    for node in nodes:
        pools.setdefault(node.pool_id, {})[node.id] = node.total_tasks_succeeded
    for pool_id, counters in pools.items():
        succeeded = {
            job_id: job.succeeded for job_id, job in sorted(jobs.items()) if job.pool_id == pool_id
        }
        shares = share_out(sum(succeeded.values()), counters)
        shares[GONE] = max(0.0, sum(succeeded.values()) - sum(shares.values()))
        for place, (node_id, share) in enumerate(sorted(shares.items())):
            _spread(found.node(pool_id, node_id), share, succeeded, place * GOLDEN_STEP % 1.0)
    return found


def share_out(amount: int, limits: Mapping[str, int | None]) -> dict[str, float]:
    """Share an amount out evenly without exceeding anyone's limit; None has no limit."""
    shares: dict[str, float] = {}
    left = float(amount)
    unlimited = float("inf")
    by_limit = sorted(limits.items(), key=lambda item: unlimited if item[1] is None else item[1])
    for place, (name, limit) in enumerate(by_limit):
        even = left / (len(by_limit) - place)
        shares[name] = even if limit is None else min(even, float(limit))
        left -= shares[name]
    return shares


def _spread(node: NodeRuns, share: float, succeeded: Mapping[str, int], phase: float) -> None:
    """Give a node its share of each job's successes, in whole runs that add up to the share."""
    total = sum(succeeded.values())
    reached, given = 0, int(phase)
    for job_id, count in succeeded.items():
        reached += count
        upto = int(share * reached / total + phase) if total else 0
        if upto > given:
            node.job(job_id).include(upto - given, 0, 0)
            given = upto
