"""What a node is compared with, and which failures are its jobs' own."""

from __future__ import annotations

import pytest

from batchdoctor.core.suspicion.comparison import _at_fault
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import JobRuns, RunCounts


def test_a_job_that_ran_mostly_on_one_node_is_no_excuse_for_it() -> None:
    counts = RunCounts()
    counts.add_many("p", "n0", "j", runs=40, failures=36)
    for number in range(1, 5):
        counts.add_many("p", f"n{number}", "j", runs=8)
    (found,) = judge(counts)
    # More than half of all runs of the job failed, and the node alone makes it so.
    assert (found.node_id, found.verdict, found.expected_failures) == ("n0", "suspect", 0.0)


@pytest.mark.parametrize(
    ("here", "elsewhere", "at_fault"),
    [
        (JobRuns(10, 9, 0), JobRuns(40, 30, 0), True),
        (JobRuns(10, 5, 0), JobRuns(10, 5, 0), True),
        (JobRuns(10, 4, 0), JobRuns(10, 5, 0), False),
        (JobRuns(11, 10, 0), JobRuns(10, 9, 0), False),
        (JobRuns(40, 36, 0), JobRuns(10, 0, 0), False),
    ],
    ids=str,
)
def test_a_job_is_at_fault_if_half_of_its_runs_fail_and_most_of_them_ran_elsewhere(
    here: JobRuns, elsewhere: JobRuns, at_fault: bool
) -> None:
    assert _at_fault(here, elsewhere) is at_fault
