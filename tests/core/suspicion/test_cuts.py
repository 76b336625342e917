"""Cuts in time: where a share of failures changes, found without looking at every place."""

from __future__ import annotations

import random

import pytest

from batchdoctor.core.suspicion import cuts as found_by
from batchdoctor.core.suspicion.cuts import WORTH_A_CUT, likelihood


def cuts_of(points: list[tuple[int, int]]) -> list[int]:
    return found_by.cuts_of([runs for runs, _ in points], [failed for _, failed in points])


def gain(failed: list[bool], cut: int) -> float:
    """What a cut gains in log likelihood, by its definition."""
    parts = failed[:cut], failed[cut:]
    return sum(likelihood(len(part), sum(part)) for part in parts) - likelihood(
        len(failed), sum(failed)
    )


@pytest.mark.parametrize("seed", range(30))
def test_a_change_is_cut_at_the_place_that_gains_most(seed: int) -> None:
    rng = random.Random(seed)
    sizes, shares = (rng.randint(60, 400), rng.randint(60, 400)), (0.05, 0.45)
    failed = [
        rng.random() < share for size, share in zip(sizes, shares, strict=True) for _ in range(size)
    ]
    best = max(range(1, len(failed)), key=lambda cut: gain(failed, cut))
    assert gain(failed, best) > WORTH_A_CUT
    assert best in cuts_of([(1, int(each)) for each in failed])


def test_a_steady_share_is_not_cut() -> None:
    assert cuts_of([(1, int(index % 3 == 0)) for index in range(600)]) == []


def test_a_block_of_failures_is_cut_out() -> None:
    failed = [*[0] * 100, *[1] * 20, *[0] * 100]
    assert cuts_of([(1, each) for each in failed]) == [100, 120]


def test_points_are_cut_where_they_begin_however_many_runs_they_have() -> None:
    assert cuts_of([*[(5, 0)] * 20, *[(5, 5)] * 6]) == [20]


@pytest.mark.parametrize("points", [[], [(1, 0)] * 9, [(1, 1)] * 9])
def test_where_nothing_or_all_failed_nothing_is_cut(points: list[tuple[int, int]]) -> None:
    assert cuts_of(points) == []
