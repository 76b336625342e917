"""Bad stretches of runs: the quick looks that spare most nodes a closer one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.suspicion.blocks import Blocks
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.stretches import Stretches

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def stretches(*failed: bool) -> Stretches:
    """The stretches of one node that ran once a minute."""
    history = History()
    for number, each in enumerate(failed):
        end = BEGIN + timedelta(minutes=number)
        history.add("p", "n", What("j", 1, failed=each), end - timedelta(seconds=30), end)
    blocks = Blocks(PoolRuns(history, "p"), {}, by_start=False)
    return Stretches(blocks, {"n": len(failed)})


def test_failures_that_stand_far_from_each_other_are_no_stretch() -> None:
    assert list(stretches(*[number % 9 == 0 for number in range(300)]).close) == []


def test_failures_close_together_may_be_one() -> None:
    assert list(stretches(*[False] * 200, *[True] * 5, *[False] * 200).close) == ["n"]


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_a_stretch_that_sound_nodes_do_not_have_is_worth_a_look(rate: float) -> None:
    found = stretches(*[False] * 200, *[True] * 30, *[False] * 200)
    assert found.may_have_one("n", 430, rate)


def test_what_a_job_that_often_fails_does_to_every_node_is_not() -> None:
    rng = random.Random(5)
    failed = [rng.random() < 0.33 for _ in range(600)]
    found = stretches(*failed)
    assert list(found.close) == ["n"]
    assert not found.may_have_one("n", 600, 0.33)
