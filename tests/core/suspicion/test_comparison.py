"""What a node is compared with, and which failures are its jobs' own."""

from __future__ import annotations

from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import RunCounts


def test_a_job_that_ran_mostly_on_one_node_is_no_excuse_for_it() -> None:
    counts = RunCounts()
    counts.add_many("p", "n0", "j", runs=40, failures=36)
    for number in range(1, 5):
        counts.add_many("p", f"n{number}", "j", runs=8)
    (found,) = judge(counts)
    # More than half of all runs of the job failed, and the node alone makes it so.
    assert (found.node_id, found.verdict, found.expected_failures) == ("n0", "suspect", 0.0)
