"""Which nodes are accused, watched or left alone, and what is said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.judge import Suspicion, judge
from batchdoctor.core.suspicion.run_counts import GONE, RunCounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_pool(nodes: int = 10, runs: int = 20, jobs: tuple[str, ...] = ("j1", "j2")) -> RunCounts:
    """Build a healthy pool in which one run in twenty fails, on nodes in turn."""
    counts = RunCounts()
    for number in range(nodes):
        for job_id in jobs:
            counts.add_many("p", f"n{number}", job_id, runs=runs, failures=number % 2)
    return counts


def verdicts(found: list[Suspicion]) -> dict[str, str]:
    return {suspicion.node_id: suspicion.verdict for suspicion in found}


def kinds(suspicion: Suspicion) -> list[str]:
    return [reason.kind for reason in suspicion.reasons]


def test_a_node_that_fails_across_jobs_is_suspect_and_the_evidence_is_named() -> None:
    counts = RunCounts()
    for number in range(9):
        counts.add_many("p", f"n{number}", "j1", runs=20, failures=1)
        counts.add_many("p", f"n{number}", "j2", runs=30, failures=1)
    counts.add_many("p", "sick", "j1", runs=10, failures=6)
    counts.add_many("p", "sick", "j2", runs=10, failures=5)
    counts.add("p", "sick", "j2", failed=True, code="FailureExitCode", when=NOON)
    (found,) = judge(counts)
    assert found.expected_failures == pytest.approx(10 * 9 / 180 + 11 * 9 / 270)
    assert found.p_value == pytest.approx(1.17e-10, rel=0.01)
    assert [found] == [
        Suspicion(
            pool_id="p",
            node_id="sick",
            verdict="suspect",
            runs=21,
            failures=12,
            failure_rate=12 / 21,
            expected_failures=found.expected_failures,
            p_value=found.p_value,
            jobs={"j1": 6, "j2": 6},
            codes={"FailureExitCode": 1},
            last_failure_time=NOON,
            reasons=(
                Reason(
                    "repeated-failures",
                    "12 failures of 21 runs in 2 jobs, 0.9 expected, p < 1e-9;"
                    " the same jobs fail 4 % elsewhere",
                ),
            ),
        )
    ]


def test_a_healthy_pool_has_nobody_to_name() -> None:
    assert judge(a_pool()) == []


def test_nothing_ran_and_nobody_is_named() -> None:
    assert judge(RunCounts()) == []


def test_a_job_that_fails_on_every_node_is_not_held_against_any() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("p", f"n{number}", "bad", runs=10, failures=9 - number % 2)
    assert judge(counts) == []


def test_a_sick_node_is_told_from_the_bad_job_that_ran_beside_it() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("p", f"n{number}", "bad", runs=10, failures=9)
    counts.add_many("p", "n3", "j1", runs=10, failures=8)
    (found,) = judge(counts)
    assert (found.node_id, found.verdict) == ("n3", "suspect")
    assert found.reasons[-1] == Reason(
        "job-at-fault", "job bad fails 90 % elsewhere and is not held against the node"
    )


def test_running_more_of_the_bad_job_than_others_does_not_make_a_node_suspect() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("p", f"n{number}", "bad", runs=10, failures=4)
    counts.add_many("p", "n3", "bad", runs=40, failures=16)
    assert judge(counts) == []


def test_two_sick_nodes_in_a_small_pool_do_not_excuse_each_other() -> None:
    counts = a_pool(nodes=5, runs=12, jobs=("j",))
    counts.add_many("p", "sick1", "j", runs=12, failures=11)
    counts.add_many("p", "sick2", "j", runs=12, failures=5)
    assert verdicts(judge(counts)) == {"sick1": "suspect", "sick2": "suspect"}


def test_the_second_sick_node_is_compared_with_the_sound_ones_only() -> None:
    counts = a_pool(nodes=8, runs=20, jobs=("j",))
    counts.add_many("p", "sick1", "j", runs=100, failures=95)
    counts.add_many("p", "sick2", "j", runs=20, failures=8)
    second = judge(counts)[1]
    assert second.node_id == "sick2"
    assert second.expected_failures == pytest.approx(20 * 4 / 160)


def test_a_small_sample_is_watched_and_not_accused() -> None:
    counts = a_pool(nodes=30)
    counts.add_many("p", "new", "j1", runs=4, failures=4)
    (found,) = judge(counts)
    assert (found.node_id, found.verdict, kinds(found)[-1]) == ("new", "watch", "few-runs")


def test_two_failures_of_two_runs_are_watched() -> None:
    counts = a_pool()
    counts.add_many("p", "new", "j1", runs=2, failures=2)
    assert verdicts(judge(counts)) == {"new": "watch"}


def test_fewer_failures_than_asked_for_name_nobody() -> None:
    counts = a_pool(jobs=("j",))
    counts.add_many("p", "sick", "j", runs=6, failures=5)
    assert verdicts(judge(counts, min_failures=5)) == {"sick": "suspect"}
    assert judge(counts, min_failures=6) == []


def test_a_job_that_ran_on_one_node_only_cannot_be_compared_and_accuses_nobody() -> None:
    counts = a_pool()
    counts.add_many("p", "alone", "own", runs=30, failures=30)
    (found,) = judge(counts)
    assert (found.verdict, found.expected_failures, found.p_value) == ("watch", None, None)
    assert found.reasons == (
        Reason(
            "no-comparison",
            "30 failures of 30 runs in 1 job that ran on no other node of the pool,"
            " so nothing tells the node's fault from the job's",
        ),
    )


def test_a_failing_job_of_its_own_is_not_held_against_a_node_that_does_well_otherwise() -> None:
    counts = a_pool()
    counts.add_many("p", "n0", "own", runs=30, failures=30)
    assert judge(counts) == []


def test_a_pool_of_one_node_has_no_suspect() -> None:
    counts = RunCounts()
    counts.add_many("p", "only", "j", runs=50, failures=20)
    assert judge(counts) == []


def test_of_two_nodes_the_worse_one_is_suspect() -> None:
    counts = RunCounts()
    counts.add_many("p", "good", "j", runs=40, failures=1)
    counts.add_many("p", "sick", "j", runs=40, failures=30)
    assert verdicts(judge(counts)) == {"sick": "suspect"}


def test_jobs_of_one_task_each_are_compared_as_a_crowd() -> None:
    counts = RunCounts()
    for number in range(300):
        node, sick = f"n{number % 10}", number % 10 == 7
        counts.add("p", node, f"job{number}", failed=number % 17 == 0 or (sick and number % 3 > 0))
    (found,) = judge(counts)
    assert (found.node_id, found.verdict) == ("n7", "suspect")
    assert [reason.message.split(",")[0] for reason in found.reasons] == [
        "20 of 30 jobs that ran on this node only failed"
    ]


def test_disk_full_counts_for_the_node_even_inside_a_bad_job() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("p", f"n{number}", "bad", runs=20, failures=16)
    for _ in range(5):
        counts.add("p", "n4", "bad", failed=True, node_caused=True, code="DiskFull")
    (found,) = judge(counts)
    assert (found.node_id, found.verdict, found.codes) == ("n4", "suspect", {"DiskFull": 5})
    assert "node-caused-failures" in kinds(found)


def test_disk_full_on_every_node_is_the_job_that_writes_too_much() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("p", f"n{number}", "big", runs=10, failures=3, node_caused=3)
    assert judge(counts) == []


def test_a_rate_that_is_a_little_higher_over_very_many_runs_is_not_an_illness() -> None:
    counts = RunCounts()
    for number in range(20):
        counts.add_many("p", f"n{number}", "j", runs=50_000, failures=1000)
    counts.add_many("p", "n7", "j", runs=50_000, failures=1400)
    assert judge(counts) == []


def test_nodes_that_are_gone_are_compared_with_but_never_named() -> None:
    counts = a_pool(nodes=2, runs=10)
    counts.add_many("p", GONE, "j1", runs=100, failures=60)
    counts.add_many("p", GONE, "j2", runs=100, failures=60)
    assert judge(counts) == []


def test_a_node_of_the_same_name_in_another_pool_is_another_node() -> None:
    counts = a_pool()
    for number in range(10):
        counts.add_many("q", f"n{number}", "k", runs=20, failures=15 if number == 2 else 0)
    assert [(found.pool_id, found.node_id) for found in judge(counts)] == [("q", "n2")]


def test_the_worst_comes_first_and_watched_nodes_come_last() -> None:
    counts = a_pool(nodes=40)
    counts.add_many("p", "new", "j1", runs=3, failures=3)
    counts.add_many("p", "bad", "j1", runs=30, failures=12)
    counts.add_many("p", "worse", "j1", runs=30, failures=25)
    assert [found.node_id for found in judge(counts)] == ["worse", "bad", "new"]


def test_estimated_runs_are_called_about() -> None:
    counts = a_pool()
    counts.estimated = True
    counts.add_many("p", "sick", "j1", runs=20, failures=12)
    assert judge(counts)[0].reasons[0].message.startswith("12 failures of about 20 runs in 1 job,")


def test_of_a_job_that_ran_on_two_sick_nodes_only_the_lesser_is_compared_with_the_worse() -> None:
    counts = a_pool()
    for node, failures in (("sick1", 20), ("sick2", 12)):
        counts.add_many("p", node, "j1", runs=30, failures=20)
        counts.add_many("p", node, "shared", runs=20, failures=failures)
    second = judge(counts)[1]
    assert (second.node_id, second.verdict) == ("sick2", "suspect")
    assert "no-comparison" not in kinds(second)


pools = st.lists(
    st.lists(st.tuples(st.integers(1, 30), st.floats(0, 1)), min_size=3, max_size=3),
    min_size=2,
    max_size=8,
)


def generated(pool: list[list[tuple[int, float]]], names: list[str]) -> RunCounts:
    counts = RunCounts()
    for name, jobs in zip(names, pool, strict=True):
        for number, (runs, rate) in enumerate(jobs):
            counts.add_many("p", name, f"j{number}", runs=runs, failures=int(runs * rate**3))
    return counts


@settings(deadline=None)
@given(pools)
def test_every_probability_lies_between_nought_and_one(pool: list[list[tuple[int, float]]]) -> None:
    for found in judge(generated(pool, [f"n{number}" for number in range(len(pool))])):
        assert found.p_value is not None
        assert 0 < found.p_value <= 1
        assert found.failures >= 2


@settings(deadline=None)
@given(pools)
def test_other_names_for_the_nodes_give_the_same_answer_under_those_names(
    pool: list[list[tuple[int, float]]],
) -> None:
    names = [f"n{number}" for number in range(len(pool))]
    renamed = {name: f"m{len(pool) - number}" for number, name in enumerate(names)}
    plain = {
        (renamed[found.node_id], found.verdict, found.p_value)
        for found in judge(generated(pool, names))
    }
    other = {
        (found.node_id, found.verdict, found.p_value)
        for found in judge(generated(pool, [renamed[name] for name in names]))
    }
    assert {(node, verdict) for node, verdict, _ in plain} == {(n, v) for n, v, _ in other}


@settings(deadline=None)
@given(pools)
def test_the_order_in_which_nodes_were_counted_does_not_matter(
    pool: list[list[tuple[int, float]]],
) -> None:
    names = [f"n{number}" for number in range(len(pool))]
    forwards, backwards = generated(pool, names), generated(pool[::-1], names[::-1])
    assert forwards == backwards
    assert judge(forwards) == judge(backwards)


def test_a_node_that_chance_may_explain_is_told_how_often_it_would() -> None:
    counts = RunCounts()
    for number in range(10):
        counts.add_many("p", f"n{number}", "j", runs=40, failures=8 if number == 3 else 2)
    (found,) = judge(counts)
    assert (found.node_id, found.verdict) == ("n3", "watch")
    assert found.reasons[-1].kind == "too-little"
    assert found.reasons[-1].message == (
        "too little to accuse the node: among 10 compared nodes one looks so by chance once in"
        " 50 times"
    )


def test_a_sick_node_is_named_by_what_an_outage_left() -> None:
    """Storage fails two runs in three before their program starts; a node fails the rest of its."""
    counts = RunCounts(history=History())
    history = counts.history
    assert history is not None
    for number in range(600):
        node, end = number % 10, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
        out = number * 7 % 30 < 20
        code = "BlobDownloadTimedOut" if out else "FailureExitCode" if node == 3 else ""
        what = What("j", 0, failed=bool(code), code=code)
        history.add("p", f"n{node}", what, end - timedelta(seconds=30), end)
        counts.add("p", f"n{node}", "j", failed=bool(code), code=code or None, when=end)
    (found,) = judge(counts)
    assert (found.node_id, found.verdict) == ("n3", "suspect")
    assert "; without what storage, a registry or a network failed;" in found.reasons[0].message
