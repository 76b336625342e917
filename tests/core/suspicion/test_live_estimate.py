"""Runs worked out from counters: exact where the model holds, careful where it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.live_estimate import (
    JobSuccesses,
    blamed_node,
    estimate_runs,
    share_out,
)
from batchdoctor.core.suspicion.run_counts import GONE, JobRuns, RunCounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def node(number: int, succeeded: int | None) -> Node:
    return Node(id=f"n{number}", pool_id="p", total_tasks_succeeded=succeeded)


def runs_by_node(counts: RunCounts) -> dict[str, int]:
    return {node_id: found.runs for node_id, found in counts.pools["p"].items() if found.runs}


def test_with_nothing_deleted_every_node_gets_the_successes_of_its_counter() -> None:
    jobs = {"a": JobSuccesses("p", 60), "b": JobSuccesses("p", 30)}
    found = estimate_runs(RunCounts(), jobs, [node(1, 60), node(2, 30)])
    assert found.estimated
    assert found.pools["p"]["n1"].jobs == {"a": JobRuns(40), "b": JobRuns(20)}
    assert found.pools["p"]["n2"].jobs == {"a": JobRuns(20), "b": JobRuns(10)}


def test_failed_tasks_are_kept_as_they_were_counted() -> None:
    failures = RunCounts()
    failures.add("p", "n1", "a", failed=True, code="DiskFull", node_caused=True, when=NOON)
    found = estimate_runs(failures, {"a": JobSuccesses("p", 10)}, [node(1, 4), node(2, 6)])
    assert found.pools["p"]["n1"].jobs["a"] == JobRuns(5, 1, 1)
    assert found.pools["p"]["n1"].codes == {"DiskFull": 1}
    assert failures.pools["p"]["n1"].jobs["a"] == JobRuns(1, 1, 1)


def test_counters_that_cover_deleted_jobs_are_limits_and_not_shares() -> None:
    jobs = {"a": JobSuccesses("p", 100)}
    found = estimate_runs(RunCounts(), jobs, [node(1, 9000), node(2, 500), node(3, 20)])
    assert runs_by_node(found) == {"n1": 40, "n2": 40, "n3": 20}


def test_successes_beyond_all_counters_belong_to_nodes_that_are_gone() -> None:
    found = estimate_runs(RunCounts(), {"a": JobSuccesses("p", 100)}, [node(1, 30), node(2, 30)])
    assert runs_by_node(found) == {"n1": 30, "n2": 30, GONE: 40}


def test_a_node_without_a_counter_gets_an_even_share() -> None:
    found = estimate_runs(RunCounts(), {"a": JobSuccesses("p", 30)}, [node(1, None), node(2, 10)])
    assert runs_by_node(found) == {"n1": 20, "n2": 10}


def test_jobs_of_another_pool_ran_on_the_nodes_of_that_pool() -> None:
    jobs = {"a": JobSuccesses("p", 10), "b": JobSuccesses("q", 8)}
    nodes = [node(1, 10), Node(id="n1", pool_id="q", total_tasks_succeeded=8)]
    found = estimate_runs(RunCounts(), jobs, nodes)
    assert found.pools["p"]["n1"].jobs == {"a": JobRuns(10)}
    assert found.pools["q"]["n1"].jobs == {"b": JobRuns(8)}


def test_small_shares_are_rounded_so_that_every_job_keeps_about_its_successes() -> None:
    jobs = {f"j{number:03}": JobSuccesses("p", 10) for number in range(200)}
    found = estimate_runs(RunCounts(), jobs, [node(number, 20) for number in range(100)])
    by_job = dict.fromkeys(jobs, 0)
    for counted in found.pools["p"].values():
        for job_id, job in counted.jobs.items():
            by_job[job_id] += job.runs
    assert set(runs_by_node(found).values()) == {20}
    assert min(by_job.values()) >= 8
    assert max(by_job.values()) <= 12


@given(
    st.integers(0, 10_000),
    st.dictionaries(st.text(min_size=1, max_size=2), st.integers(0, 500) | st.none(), max_size=8),
)
def test_no_share_exceeds_its_limit_and_all_is_shared_that_can_be(
    amount: int, limits: dict[str, int | None]
) -> None:
    shares = share_out(amount, limits)
    assert all(shares[name] <= limit for name, limit in limits.items() if limit is not None)
    room = float("inf") if None in limits.values() else sum(filter(None, limits.values()))
    assert sum(shares.values()) == pytest.approx(min(amount, room) if limits else 0)


def test_a_node_with_the_failures_and_few_successes_is_suspect_by_counters_alone() -> None:
    failures = RunCounts()
    for number in range(12):
        failures.add("p", "n3", "a", failed=True)
        failures.add("p", f"n{number % 10}", "b", failed=True)
    jobs = {"a": JobSuccesses("p", 200), "b": JobSuccesses("p", 180)}
    nodes = [node(number, 20 if number == 3 else 40) for number in range(10)]
    (found,) = judge(estimate_runs(failures, jobs, nodes))
    assert (found.node_id, found.verdict) == ("n3", "suspect")
    assert "of about 33 runs" in found.reasons[0].message


@pytest.mark.parametrize(
    ("allocated", "started", "blamed"),
    [
        (NOON, NOON + timedelta(minutes=1), "n1"),
        (NOON, NOON, "n1"),
        (NOON, NOON - timedelta(minutes=1), GONE),
        (None, NOON, "n1"),
        (NOON, None, "n1"),
    ],
)
def test_a_replaced_node_is_not_blamed_for_its_predecessor(
    allocated: datetime | None, started: datetime | None, blamed: str
) -> None:
    assert blamed_node("n1", Node(id="n1", allocation_time=allocated), started) == blamed


def test_a_failure_on_a_node_that_left_the_pool_blames_no_node_that_is_there() -> None:
    assert blamed_node("n1", None, NOON) == GONE
