"""Counting runs, and adding counts up."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.suspicion.run_counts import JobRuns, NodeRuns, RunCounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

names = st.sampled_from(["a", "b", "c"])
runs = st.tuples(
    names, names, names, st.booleans(), st.booleans(), names | st.none(), st.integers(0, 9)
)


def counted(seen: list[tuple[str, str, str, bool, bool, str | None, int]]) -> RunCounts:
    counts = RunCounts()
    for pool, node, job, failed, node_caused, code, minute in seen:
        when = NOON + timedelta(minutes=minute)
        counts.add(pool, node, job, failed=failed, node_caused=node_caused, code=code, when=when)
    return counts


def test_a_run_counts_for_its_node_and_its_job() -> None:
    counts = RunCounts()
    counts.add("p", "n", "j")
    counts.add("p", "n", "j", failed=True, code="FailureExitCode", when=NOON)
    counts.add("p", "n", "k", failed=True, node_caused=True, code="DiskFull")
    assert counts.pools == {
        "p": {
            "n": NodeRuns(
                jobs={"j": JobRuns(2, 1, 0), "k": JobRuns(1, 1, 1)},
                codes={"FailureExitCode": 1, "DiskFull": 1},
                last_failure_time=NOON,
            )
        }
    }


def test_code_and_time_of_a_run_that_succeeded_are_not_kept() -> None:
    counts = RunCounts()
    counts.add("p", "n", "j", node_caused=True, code="DiskFull", when=NOON)
    assert counts.pools["p"]["n"] == NodeRuns(jobs={"j": JobRuns(1, 0, 0)})


def test_an_earlier_failure_told_later_does_not_turn_back_the_last_failure_time() -> None:
    counts = RunCounts()
    counts.add("p", "n", "j", failed=True, when=NOON)
    counts.add("p", "n", "j", failed=True, when=NOON - timedelta(hours=1))
    assert counts.pools["p"]["n"].last_failure_time == NOON


def test_many_runs_at_once_are_the_same_as_one_by_one() -> None:
    one_by_one, at_once = RunCounts(), RunCounts()
    for number in range(10):
        one_by_one.add("p", "n", "j", failed=number < 3, node_caused=number < 1)
    at_once.add_many("p", "n", "j", runs=10, failures=3, node_caused=1)
    assert at_once == one_by_one


@pytest.mark.parametrize(("total", "failures", "node_caused"), [(1, 2, 0), (2, 1, 2), (1, 1, -1)])
def test_more_failures_than_runs_are_refused(total: int, failures: int, node_caused: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        RunCounts().add_many("p", "n", "j", runs=total, failures=failures, node_caused=node_caused)


@given(st.lists(runs), st.lists(runs), st.lists(runs))
def test_merging_in_any_order_is_counting_it_all(
    first: list[tuple[str, str, str, bool, bool, str | None, int]],
    second: list[tuple[str, str, str, bool, bool, str | None, int]],
    third: list[tuple[str, str, str, bool, bool, str | None, int]],
) -> None:
    parts = [counted(first), counted(second), counted(third)]
    forwards, backwards = RunCounts(), RunCounts()
    for part in parts:
        forwards.merge(part)
    for part in reversed(parts):
        backwards.merge(part)
    assert forwards == backwards == counted(first + second + third)


def test_merging_leaves_the_other_as_it_was() -> None:
    other = counted([("p", "n", "j", True, True, "DiskFull", 1)])
    before, sum_of_both = deepcopy(other), RunCounts()
    sum_of_both.merge(other)
    sum_of_both.add("p", "n", "j", failed=True, code="DiskFull")
    assert other == before


def test_a_sum_with_an_estimate_in_it_is_an_estimate() -> None:
    counts = RunCounts()
    counts.merge(RunCounts(estimated=True))
    assert counts.estimated


@given(st.lists(runs))
def test_counts_survive_json(
    seen: list[tuple[str, str, str, bool, bool, str | None, int]],
) -> None:
    counts = counted(seen)
    assert msgspec.json.decode(msgspec.json.encode(counts), type=RunCounts) == counts
