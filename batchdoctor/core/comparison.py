"""What a node is compared with: its jobs on the other nodes of its pool, job by job."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from batchdoctor.core.run_counts import GONE, JobRuns, NodeRuns
from batchdoctor.core.tail_probability import Stratum

# A job that fails at least this often in the whole pool is at fault itself: its failures say
# nothing about a node, and their large numbers would hide the other jobs' few.
JOB_AT_FAULT = 0.5


@dataclass(slots=True)
class Comparison:
    """A node beside the rest of its pool.

    `strata`: jobs that other nodes ran too. `lone`: the jobs that ran on this node only, each
    counted as one run, beside such jobs of the other nodes. `node_caused`: both once more, with
    node-caused failures alone. `jobs_at_fault`: left out of `strata`, with their rate elsewhere.
    `comparable_runs` and `expected` cover all of it.
    """

    strata: list[Stratum] = field(default_factory=list)
    lone: list[Stratum] = field(default_factory=list)
    node_caused: list[Stratum] = field(default_factory=list)
    jobs_at_fault: dict[str, float] = field(default_factory=dict)
    comparable_runs: int = 0
    expected: float = 0.0

    @property
    def judged(self) -> list[Stratum]:
        """Everything that the failures are judged by."""
        return self.strata + self.lone

    def place(self, here: JobRuns, elsewhere: JobRuns, strata: list[Stratum] | None) -> None:
        """Count one comparison in, and hold it against the node if it has strata to go to."""
        self.comparable_runs += here.runs
        self.expected += here.runs * elsewhere.failures / elsewhere.runs
        caused = Stratum(here.runs, here.node_caused, elsewhere.runs, elsewhere.node_caused)
        self.node_caused.append(caused)
        if strata is not None:
            strata.append(Stratum(here.runs, here.failures, elsewhere.runs, elsewhere.failures))


class PoolBaseline:
    """How often each job fails in a pool, without the nodes that are already accused."""

    def __init__(self, nodes: Mapping[str, NodeRuns], accused: Collection[str] = ()) -> None:
        self._nodes = nodes
        self._accused = accused
        self._jobs: dict[str, JobRuns] = {}
        self._places: dict[str, int] = {}
        for node_id, node in nodes.items():
            for job_id, job in node.jobs.items():
                self._places[job_id] = self._places.get(job_id, 0) + 1
                if node_id not in accused:
                    total = self._jobs.setdefault(job_id, JobRuns())
                    total.include(job.runs, job.failures, job.node_caused)
        self._lone = JobRuns()
        for node_id, node in nodes.items():
            if node_id not in accused and node_id != GONE:
                own = self._lone_jobs(node)
                self._lone.include(own.runs, own.failures, own.node_caused)

    def compare(self, node_id: str) -> Comparison:
        """Set a node of this pool beside the others; itself left out of what it is held to."""
        node, found = self._nodes[node_id], Comparison()
        for job_id, job in node.jobs.items():
            if self._places[job_id] == 1 or job_id not in self._jobs:
                continue
            elsewhere = self._elsewhere(node_id, self._jobs[job_id], job)
            if not job.runs or not elsewhere.runs:
                continue
            at_fault = _at_fault(job, elsewhere)
            found.place(job, elsewhere, None if at_fault else found.strata)
            if at_fault:
                found.jobs_at_fault[job_id] = elsewhere.failures / elsewhere.runs
        own = self._lone_jobs(node)
        elsewhere = self._elsewhere(node_id, self._lone, own)
        if own.runs and elsewhere.runs:
            found.place(own, elsewhere, found.lone)
        return found

    def _elsewhere(self, node_id: str, total: JobRuns, own: JobRuns) -> JobRuns:
        """Take a node's own part out of a total, unless it never was in there."""
        if node_id in self._accused:
            return total
        return JobRuns(
            total.runs - own.runs,
            total.failures - own.failures,
            total.node_caused - own.node_caused,
        )

    def _lone_jobs(self, node: NodeRuns) -> JobRuns:
        """Count the jobs that ran on this node only, each as one run.

        A job failed if half of its runs did: all of them may share one fault of the job.
        """
        found = JobRuns()
        for job_id, job in node.jobs.items():
            if self._places[job_id] == 1 and job.runs:
                found.include(1, 2 * job.failures >= job.runs, 2 * job.node_caused >= job.runs)
        return found


def _at_fault(job: JobRuns, elsewhere: JobRuns) -> bool:
    """Whether a job's failures are its own fault.

    Only sums over both sides decide. Asking the rate elsewhere alone would keep just the jobs in
    which this node looks worst, and the probabilities would come out too small. A job that ran
    mostly here is not at fault, because then its rate is this node's own.
    """
    runs, failures = job.runs + elsewhere.runs, job.failures + elsewhere.failures
    return failures >= JOB_AT_FAULT * runs and job.runs <= elsewhere.runs
