"""What a node is compared with: its jobs on the other nodes of its pool, job by job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import msgspec

from batchdoctor.core.suspicion.blocks import Key
from batchdoctor.core.suspicion.odd_nodes import Tables
from batchdoctor.core.suspicion.run_counts import GONE, JobRuns
from batchdoctor.core.suspicion.tail_probability import Stratum

# A job that fails at least this often in the whole pool is at fault itself: its failures say
# little about a node, and their large numbers would hide the other jobs' few.
JOB_AT_FAULT = 0.5

# Stands for all jobs that ran on one node only; the service allows no parentheses in a job's id.
LONE = Key("(lone)")


class Comparison(msgspec.Struct):
    """A node beside the rest of its pool.

    `strata`: what other nodes ran too. `lone`: the jobs that ran on this node only, each counted as
    one run, beside such jobs of the other nodes. `at_fault`: what other nodes ran too, of jobs that
    are at fault themselves; `jobs_at_fault` gives their rate elsewhere. `node_caused`: all of it
    with node-caused failures alone. `comparable_runs` and `expected` cover all of it.
    """

    strata: list[Stratum] = msgspec.field(default_factory=list)
    lone: list[Stratum] = msgspec.field(default_factory=list)
    at_fault: list[Stratum] = msgspec.field(default_factory=list)
    node_caused: list[Stratum] = msgspec.field(default_factory=list)
    jobs: set[str] = msgspec.field(default_factory=set)
    jobs_at_fault: dict[str, float] = msgspec.field(default_factory=dict)
    comparable_runs: int = 0
    expected: float = 0.0

    @property
    def judged(self) -> list[Stratum]:
        """Everything that the failures are judged by."""
        return self.strata + self.lone

    def place(self, here: JobRuns, elsewhere: JobRuns, strata: list[Stratum]) -> None:
        """Count one comparison in."""
        self.comparable_runs += here.runs
        self.expected += here.runs * elsewhere.failures / elsewhere.runs
        caused = Stratum(here.runs, here.node_caused, elsewhere.runs, elsewhere.node_caused)
        self.node_caused.append(caused)
        strata.append(Stratum(here.runs, here.failures, elsewhere.runs, elsewhere.failures))


class PoolBaseline:
    """How often each job fails in a pool, without the nodes that are already accused."""

    def __init__(self, nodes: Tables, accused: Collection[str] = ()) -> None:
        self._nodes = nodes
        self._accused = accused
        ran = [
            job_id
            for node in nodes.values()
            for job_id in {key.job_id for key, job in node.items() if job.runs}
        ]
        self._places = Counter(ran)
        sound = {name: node for name, node in nodes.items() if name not in accused}
        self._everywhere = self._totals(nodes)
        self._sound = self._totals(sound) if accused else self._everywhere

    def compare(self, node_id: str) -> Comparison:
        """Set a node of this pool beside the others; itself left out of what it is held to."""
        found = Comparison()
        at_fault: dict[str, JobRuns] = {}
        for key, job in self._kinds_of_runs(self._nodes[node_id]):
            elsewhere = self.elsewhere(node_id, key, job)
            if not elsewhere.runs:
                continue
            if key == LONE:
                found.place(job, elsewhere, found.lone)
            elif _at_fault(job, elsewhere):
                found.place(job, elsewhere, found.at_fault)
                rate = at_fault.setdefault(key.job_id, JobRuns())
                rate.include(elsewhere.runs, elsewhere.failures, 0)
            else:
                found.place(job, elsewhere, found.strata)
                found.jobs.add(key.job_id)
        found.jobs_at_fault = {
            job_id: total.failures / total.runs for job_id, total in at_fault.items()
        }
        return found

    def elsewhere(self, node_id: str, key: Key, own: JobRuns) -> JobRuns:
        """Give the runs on the other nodes, on accused ones only if no sound one has any."""
        total = self._sound.get(key, JobRuns())
        if node_id not in self._accused:
            total = _without(total, own)
        return total if total.runs > 0 else _without(self._everywhere.get(key, own), own)

    def _totals(self, nodes: Tables) -> dict[Key, JobRuns]:
        totals: dict[Key, JobRuns] = {}
        for node_id, node in nodes.items():
            for key, job in self._kinds_of_runs(node):
                if not (node_id == GONE and key == LONE):
                    total = totals.setdefault(key, JobRuns())
                    total.include(job.runs, job.failures, job.node_caused)
        return totals

    def _kinds_of_runs(self, node: Mapping[Key, JobRuns]) -> Iterator[tuple[Key, JobRuns]]:
        """Give a node's runs by job, those jobs that no other node ran as one kind."""
        lone: dict[str, JobRuns] = {}
        for key, job in node.items():
            if job.runs and self._places[key.job_id] > 1:
                yield key, job
            elif job.runs:
                own = lone.setdefault(key.job_id, JobRuns())
                own.include(job.runs, job.failures, job.node_caused)
        if lone:
            yield LONE, _lone_jobs(lone)


def _lone_jobs(jobs: Mapping[str, JobRuns]) -> JobRuns:
    """Count the jobs that ran on one node only, each as one run.

    A job failed if half of its runs did: all of them may share one fault of the job.
    """
    found = JobRuns()
    for job in jobs.values():
        found.include(1, 2 * job.failures >= job.runs, 2 * job.node_caused >= job.runs)
    return found


def _without(total: JobRuns, part: JobRuns) -> JobRuns:
    return JobRuns(
        total.runs - part.runs,
        total.failures - part.failures,
        total.node_caused - part.node_caused,
    )


def _at_fault(job: JobRuns, elsewhere: JobRuns) -> bool:
    """Whether a job's failures are its own fault.

    Only sums over both sides decide. Asking the rate elsewhere alone would keep just the jobs in
    which this node looks worst, and the probabilities would come out too small. A job that ran
    mostly here is not at fault, because then its rate is this node's own.
    """
    runs, failures = job.runs + elsewhere.runs, job.failures + elsewhere.failures
    return failures >= JOB_AT_FAULT * runs and job.runs <= elsewhere.runs
