"""Nodes that are only slow: to be watched, with the figures."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import RunCounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

# How many times as long as elsewhere a node takes for the run of a number.
Pace = Callable[[int, int], float]


def ran(
    pace: Pace, *, nodes: int = 10, runs: int = 30, kinds: int = 1, unit: float = 100.0
) -> RunCounts:
    """Runs of about a hundred seconds; `pace` is asked by node and by number of run."""
    rng, counts = random.Random(7), RunCounts(history=History())
    history = counts.history
    assert history is not None
    for number in range(runs):
        for node in range(nodes):
            kind = number % kinds
            start = NOON + timedelta(minutes=20 * number)
            seconds = unit * (1 + 3 * kind) * rng.uniform(0.7, 1.4) * pace(node, number)
            what = What("j", kind)
            history.add("p", f"n{node}", what, start, start + timedelta(seconds=seconds))
            counts.add("p", f"n{node}", "j")
    return counts


def named(counts: RunCounts) -> list[tuple[str, str, str]]:
    return [(each.node_id, each.verdict, each.reasons[0].kind) for each in judge(counts)]


def test_a_node_that_takes_three_times_as_long_is_watched_and_the_figures_are_told() -> None:
    (found,) = judge(ran(lambda node, _: 3.0 if node == 4 else 1.0))
    assert (found.node_id, found.verdict, found.failures) == ("n4", "watch", 0)
    assert [(reason.kind, reason.message) for reason in found.reasons] == [
        (
            "slow",
            "30 runs that succeeded took 314 s in the median, the same kinds of tasks 103 s on"
            " other nodes at about the time, p < 1e-17",
        )
    ]


@pytest.mark.parametrize(
    ("why", "counts"),
    [
        ("all alike", ran(lambda *_: 1.0)),
        ("half as long again", ran(lambda node, _: 1.5 if node == 4 else 1.0)),
        ("a few runs", ran(lambda node, _: 3.0 if node == 4 else 1.0, runs=5)),
        ("a second or two", ran(lambda node, _: 3.0 if node == 4 else 1.0, unit=1.0)),
        ("everywhere at the time", ran(lambda _, number: 3.0 if number > 15 else 1.0)),
        ("two kinds of machines", ran(lambda node, _: 3.0 if node < 5 else 1.0)),
        ("some runs of it only", ran(lambda node, n: 9.0 if node == 4 and n % 4 == 0 else 1.0)),
        ("two nodes", ran(lambda node, _: 3.0 if node else 1.0, nodes=2)),
    ],
)
def test_a_node_is_not_slow_for(why: str, counts: RunCounts) -> None:
    assert named(counts) == [], why


def test_kinds_of_tasks_are_compared_with_their_own_kind() -> None:
    counts = ran(lambda node, _: 2.8 if node == 4 else 1.0, kinds=3, runs=60)
    assert named(counts) == [("n4", "watch", "slow")]


def test_in_a_large_pool_sound_nodes_are_not_called_slow() -> None:
    assert named(ran(lambda *_: 1.0, nodes=300, runs=20)) == []


def test_a_node_that_fails_and_is_slow_is_named_once_with_both() -> None:
    counts = ran(lambda node, _: 3.0 if node == 4 else 1.0, runs=40)
    history = counts.history
    assert history is not None
    for number in range(20):
        end = NOON + timedelta(minutes=7 + 30 * number)
        what = What("j", 0, failed=True, category="application", code="FailureExitCode")
        history.add("p", "n4", what, end - timedelta(minutes=1), end)
        counts.add("p", "n4", "j", failed=True, code="FailureExitCode", when=end)
    (found,) = judge(counts)
    assert found.verdict == "suspect"
    assert [reason.kind for reason in found.reasons][-1] == "slow"
