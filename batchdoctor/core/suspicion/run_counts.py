"""How often each node ran and failed each job: counts that can be added up, never the tasks."""

from __future__ import annotations

from datetime import datetime

import msgspec

from batchdoctor.core.suspicion.history import History

# Stands for all nodes that no longer exist, in counts of a live account: part of what the others
# are compared with, never accused.
GONE = ""


class JobRuns(msgspec.Struct):
    """Runs of one job on one node; `node_caused` of the failures tell of the node, not the job."""

    runs: int = 0
    failures: int = 0
    node_caused: int = 0

    def include(self, runs: int, failures: int, node_caused: int) -> None:
        """Count more runs of this job on this node."""
        self.runs += runs
        self.failures += failures
        self.node_caused += node_caused


class NodeRuns(msgspec.Struct):
    """What one node ran: by job, its failures by code, and when it last failed."""

    jobs: dict[str, JobRuns] = msgspec.field(default_factory=dict)
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    last_failure_time: datetime | None = None

    @property
    def runs(self) -> int:
        """Runs of all jobs."""
        return sum(job.runs for job in self.jobs.values())

    @property
    def failures(self) -> int:
        """Failed runs of all jobs."""
        return sum(job.failures for job in self.jobs.values())

    def job(self, job_id: str) -> JobRuns:
        """Give the counts of one job on this node, begun at zero when it is new."""
        found = self.jobs.get(job_id)
        if found is None:
            found = self.jobs[job_id] = JobRuns()
        return found

    def note_failure(self, code: str | None, when: datetime | None, times: int = 1) -> None:
        """Remember the code of a failure and the latest moment of one; both may be unknown."""
        if code:
            self.codes[code] = self.codes.get(code, 0) + times
        last = self.last_failure_time
        if when is not None and (last is None or when > last):
            self.last_failure_time = when


class RunCounts(msgspec.Struct):
    """Runs and failures by pool, node and job; grows with those and with codes, not with tasks.

    Plain data, so `msgspec.json` writes and reads it back. `estimated` says that the runs were
    worked out from counters and not counted one by one. All times must carry their zone.
    """

    pools: dict[str, dict[str, NodeRuns]] = msgspec.field(default_factory=dict)
    estimated: bool = False
    history: History | None = None
    """The same runs one by one, with their times, where those are known."""

    def node(self, pool_id: str, node_id: str) -> NodeRuns:
        """Give the counts of one node, begun empty when it is new."""
        nodes = self.pools.get(pool_id)
        if nodes is None:
            nodes = self.pools[pool_id] = {}
        found = nodes.get(node_id)
        if found is None:
            found = nodes[node_id] = NodeRuns()
        return found

    def add(
        self,
        pool_id: str,
        node_id: str,
        job_id: str,
        *,
        failed: bool = False,
        node_caused: bool = False,
        code: str | None = None,
        when: datetime | None = None,
    ) -> None:
        """Count one finished run; `node_caused`, `code` and `when` matter only if it failed."""
        node = self.node(pool_id, node_id)
        job = node.job(job_id)
        job.runs += 1
        if failed:
            job.failures += 1
            job.node_caused += node_caused
            node.note_failure(code, when)

    def add_many(
        self,
        pool_id: str,
        node_id: str,
        job_id: str,
        *,
        runs: int,
        failures: int = 0,
        node_caused: int = 0,
    ) -> None:
        """Count many runs of one job on one node at once.

        Raises ValueError unless node_caused <= failures <= runs.
        """
        if not 0 <= node_caused <= failures <= runs:
            raise ValueError(f"{node_caused} of {failures} failures of {runs} runs cannot be")
        self.node(pool_id, node_id).job(job_id).include(runs, failures, node_caused)

    def merge(self, other: RunCounts) -> None:
        """Add another's counts to these; the order of merging makes no difference."""
        self.estimated = self.estimated or other.estimated
        for pool_id, nodes in other.pools.items():
            for node_id, theirs in nodes.items():
                mine = self.node(pool_id, node_id)
                for job_id, job in theirs.jobs.items():
                    mine.job(job_id).include(job.runs, job.failures, job.node_caused)
                for code, times in theirs.codes.items():
                    mine.note_failure(code, None, times)
                mine.note_failure(None, theirs.last_failure_time)
