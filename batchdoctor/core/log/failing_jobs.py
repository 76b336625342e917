"""Jobs that fail by themselves: most of their attempts, and not on nodes that are accused."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from batchdoctor.core.log.summary import Summary
from batchdoctor.core.suspicion.run_counts import RunCounts

# Fewer failures are nobody's habit, and a smaller share of a log is no headline.
FEWEST_FAILURES = 3
SMALLEST_SHARE = 0.2
# A job that fails at least this often, away from accused nodes, is at fault itself.
AT_FAULT = 0.5

NodeKey = tuple[str, str]


class FailingJob(msgspec.Struct, frozen=True):
    """A job, how many of its attempts ended and failed, and on how many nodes they failed.

    `nodes` is 0 where no event names a node. One that ran on one node only may be the node's fault.
    """

    job_id: str
    ended: int
    failures: int
    nodes: int
    nodes_run_on: int

    @property
    def may_be_the_node(self) -> bool:
        """Whether nothing tells the job's fault from that of its only node."""
        return self.nodes_run_on == 1


def failing_jobs(
    summary: Summary, runs: RunCounts, accused: Collection[NodeKey]
) -> tuple[FailingJob, ...]:
    """The jobs that make up much of the failures of a log, the most failures first."""
    found = []
    for job_id, failures in summary.by_job.items():
        if failures < max(FEWEST_FAILURES, SMALLEST_SHARE * summary.failures):
            break
        job = _weighed(job_id, failures, summary.ended_by_job.get(job_id, failures), runs, accused)
        if job is not None:
            found.append(job)
    return tuple(found)


def _weighed(
    job_id: str, failures: int, ended: int, runs: RunCounts, accused: Collection[NodeKey]
) -> FailingJob | None:
    """One job, None if it fails no more than its accused nodes explain."""
    failed_on, ran_on, explained, explained_runs = 0, 0, 0, 0
    for pool_id, nodes in runs.pools.items():
        for node_id, node in nodes.items():
            here = node.jobs.get(job_id)
            if here is None or not here.runs:
                continue
            ran_on += 1
            failed_on += bool(here.failures)
            if (pool_id, node_id) in accused:
                explained += here.failures
                explained_runs += here.runs
    left, left_ended = failures - explained, ended - explained_runs
    if left < FEWEST_FAILURES or left < AT_FAULT * left_ended:
        return None
    # It ran well elsewhere, so it can.
    if failed_on == 1 and ran_on > 1:
        return None
    return FailingJob(job_id, ended, failures, failed_on, ran_on)
