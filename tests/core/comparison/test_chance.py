"""Tests for chance: exact for counts, close to exact for ranks, and sober when there are many."""

from __future__ import annotations

import itertools
import random
from math import comb

import pytest

from batchdoctor.core.comparison.chance import (
    Share,
    counts_differ,
    least_possible,
    pairs_differ,
    ranks_differ,
)
from batchdoctor.core.comparison.difference import Evidence, Found, What
from batchdoctor.core.comparison.runs import Cause
from batchdoctor.core.comparison.trial import Trial, told


def exact(then: Share, now: Share) -> float:
    """Twice the smaller tail of the hypergeometric distribution, by its definition."""
    total, failed = then.of + now.of, then.count + now.count
    low, high = max(0, failed - then.of), min(failed, now.of)
    masses = {
        k: comb(failed, k) * comb(total - failed, now.of - k) / comb(total, now.of)
        for k in range(low, high + 1)
    }
    more = sum(mass for k, mass in masses.items() if k >= now.count)
    fewer = sum(mass for k, mass in masses.items() if k <= now.count)
    return min(1.0, 2 * min(more, fewer))


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (Share(0, 60), Share(12, 60)),
        (Share(3, 60), Share(4, 60)),
        (Share(10, 20), Share(1, 40)),
        (Share(0, 5), Share(0, 5)),
    ],
)
def test_counts_are_tested_exactly(then: Share, now: Share) -> None:
    assert counts_differ({"a": then}, {"a": now}) == pytest.approx(exact(then, now))


def test_another_mix_of_kinds_is_no_difference() -> None:
    """Of one kind half the tasks fail and of the other none; only there are more of the first."""
    then = {"bad": Share(5, 10), "good": Share(0, 90)}
    now = {"bad": Share(45, 90), "good": Share(0, 10)}
    assert counts_differ(then, now) > 0.5
    together = counts_differ({"": Share(5, 100)}, {"": Share(45, 100)})
    assert together < 1e-9


def test_kinds_that_only_one_run_has_cannot_be_compared() -> None:
    assert counts_differ({"a": Share(0, 9)}, {"b": Share(9, 9)}) == 1.0


def test_ranks_are_close_to_all_ways_to_deal_them() -> None:
    then, now = [1.0, 2, 3, 4, 5, 8, 9], [6.0, 7, 10, 11, 12, 13, 14]
    every = [*then, *now]
    seen = abs(sum(now) - sum(every) / 2)
    sums = [sum(each) for each in itertools.combinations(every, len(now))]
    share = sum(abs(each - sum(every) / 2) >= seen for each in sums) / len(sums)
    assert ranks_differ(then, now) == pytest.approx(share, rel=0.3)
    assert ranks_differ(now, then) == pytest.approx(ranks_differ(then, now))


def test_signed_ranks_are_close_to_all_ways_to_sign_them() -> None:
    changes = [0.1, 0.3, -0.05, 0.4, 0.2, 0.35, -0.15, 0.5, 0.25, 0.45]
    ranks = {size: rank for rank, size in enumerate(sorted(map(abs, changes)), 1)}
    seen = abs(sum(ranks[abs(each)] * (1 if each > 0 else -1) for each in changes))
    signs = itertools.product((1, -1), repeat=len(changes))
    sums = [sum(map(int.__mul__, ranks.values(), each)) for each in signs]
    share = sum(abs(each) >= seen for each in sums) / len(sums)
    assert pairs_differ(changes) == pytest.approx(share, rel=0.4)
    assert pairs_differ([0.0, 0.0, 0.5]) == 1.0


def test_by_chance_small_probabilities_are_as_rare_as_they_say() -> None:
    dice = random.Random(5)
    found = [
        ranks_differ(*([dice.lognormvariate(0, 1) for _ in range(30)] for _ in range(2)))
        for _ in range(2000)
    ]
    assert 0.005 <= sum(each <= 0.01 for each in found) / len(found) <= 0.02


def trial(
    p_value: float, *ends: Cause, matters: bool = True, name: str = "", least: float = 0.0
) -> Trial:
    return Trial(
        p_value=p_value,
        least=least,
        matters=matters,
        evidence=Evidence(),
        tell=lambda evidence: Found(what=What.FAILURES, message=name, evidence=evidence),
        ends=frozenset(ends),
    )


def test_among_many_tests_each_has_to_be_the_more_improbable() -> None:
    assert len(told([trial(0.009)])) == 1
    assert told([trial(0.009), trial(0.5)]) == []
    assert told([trial(0.009)], among=2) == []
    (found,) = told([trial(0.004), trial(0.5)])
    assert found.evidence == Evidence(p_value=0.004, tests=2)


def test_a_test_that_could_not_have_told_anything_takes_no_luck_away() -> None:
    rare = [trial(0.5, least=0.4) for _ in range(20)]
    (found,) = told([trial(0.009), *rare])
    assert found.evidence == Evidence(p_value=0.009, tests=1)
    assert told([trial(0.009), trial(0.5, least=0.004)]) == []


@pytest.mark.parametrize(
    ("then", "now"),
    [(Share(2, 60), Share(1, 60)), (Share(0, 60), Share(9, 60)), (Share(10, 12), Share(8, 9))],
)
def test_the_least_that_a_test_can_give_is_that_of_all_on_one_side(then: Share, now: Share) -> None:
    total = then.count + now.count
    every = [
        exact(Share(total - count, then.of), Share(count, now.of))
        for count in range(max(0, total - then.of), min(total, now.of) + 1)
    ]
    assert least_possible({"": then}, {"": now}) == pytest.approx(min(every))


def test_what_does_not_matter_is_a_test_and_never_told() -> None:
    assert told([trial(1e-9, matters=False)]) == []
    assert told([trial(0.009), trial(1e-9, matters=False)]) == []


def test_what_a_message_tells_needs_no_telling_of_its_exit_code_or_of_all() -> None:
    one, two = Cause(None, 1), Cause(None, 2)
    found = told(
        [
            trial(1e-9, one, name="message"),
            trial(1e-9, one, name="exit code"),
            trial(1e-9, two, name="other"),
            trial(1e-9, one, two, name="all"),
        ]
    )
    assert [each.message for each in found] == ["message", "other"]
