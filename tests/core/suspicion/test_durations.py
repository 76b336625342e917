"""How long runs took: what is compared, and when a quick look says that nobody can be slow."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.suspicion.durations import Durations
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.pool_runs import PoolRuns

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def durations(seconds: Callable[[int, int], int], nodes: int = 6, runs: int = 60) -> Durations:
    """The durations of runs, each of so many seconds by its node and number."""
    history = History()
    for number in range(runs):
        for node in range(nodes):
            start = BEGIN + timedelta(seconds=60 * number + node)
            end = start + timedelta(seconds=seconds(node, number))
            history.add("p", f"n{node}", What("j", 1), start, end)
    return Durations(PoolRuns(history, "p"))


def test_runs_are_compared_in_the_order_of_their_start() -> None:
    (together,) = durations(lambda node, number: 10 * node + number, nodes=2, runs=3).together()
    assert together == ([0, 10, 1, 11, 2, 12], [0, 1, 0, 1, 0, 1])


def test_where_all_take_about_as_long_nobody_can_be_slow() -> None:
    assert not durations(lambda node, number: 50 + node).any_may_take(2.0, 5, 4)


def test_where_times_vary_alike_on_all_nodes_nobody_can_be_slow() -> None:
    rng = random.Random(2)
    found = durations(lambda node, number: rng.choice([30, 40, 50, 60, 200]))
    assert not found.any_may_take(2.0, 5, 4)


@pytest.mark.parametrize("seed", range(10))
def test_a_node_that_takes_twice_as_long_is_never_passed_over(seed: int) -> None:
    rng = random.Random(seed)
    found = durations(lambda node, number: rng.randint(40, 60) * (3 if node == 2 else 1))
    assert found.any_may_take(2.0, 5, 4)


def test_runs_of_unknown_start_and_runs_that_failed_are_left_out() -> None:
    history = History()
    end = BEGIN + timedelta(seconds=30)
    history.add("p", "n1", What("j", 1), None, end)
    history.add("p", "n2", What("j", 1, failed=True), BEGIN, end)
    history.add("p", "n3", What("j", 1), BEGIN, end)
    assert list(Durations(PoolRuns(history, "p")).together()) == [([30], [2])]
