"""The exact test against enumeration with fractions, and the correction for many tests."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.suspicion import tail_probability
from batchdoctor.core.suspicion.tail_probability import (
    EXACT_UP_TO_SIGMA,
    SMALLEST,
    Stratum,
    deviation,
    discoveries,
    upper_tail,
)


def dealt_out(stratum: Stratum) -> dict[int, Fraction]:
    """Deal the runs to the node in every possible way and count the failures it gets."""
    runs = [True] * stratum.all_failures + [False] * (stratum.all_runs - stratum.all_failures)
    hands = [sum(hand) for hand in combinations(runs, stratum.runs)]
    return {count: Fraction(hands.count(count), len(hands)) for count in set(hands)}


def enumerated_tail(strata: list[Stratum]) -> Fraction:
    seen = sum(stratum.failures for stratum in strata)
    tail = Fraction(0)
    for outcome in product(*(dealt_out(stratum).items() for stratum in strata)):
        if sum(count for count, _ in outcome) >= seen:
            tail += math.prod((chance for _, chance in outcome), start=Fraction(1))
    return tail


def counted_tail(stratum: Stratum) -> Fraction:
    """Give the tail of one stratum from binomial coefficients, for more runs than can be dealt."""
    total, failures, runs = stratum.all_runs, stratum.all_failures, stratum.runs
    ways = sum(
        math.comb(failures, count) * math.comb(total - failures, runs - count)
        for count in range(stratum.failures, min(runs, failures) + 1)
    )
    return Fraction(ways, math.comb(total, runs))


@st.composite
def small_strata(draw: st.DrawFn, most: int = 5) -> Stratum:
    runs, elsewhere = draw(st.integers(1, most)), draw(st.integers(1, most))
    return Stratum(runs, draw(st.integers(0, runs)), elsewhere, draw(st.integers(0, elsewhere)))


@settings(deadline=None)
@given(st.lists(small_strata(), min_size=1, max_size=3))
def test_the_tail_is_what_dealing_the_failures_in_every_way_gives(strata: list[Stratum]) -> None:
    assert upper_tail(strata) == pytest.approx(float(enumerated_tail(strata)), rel=1e-12)


@settings(deadline=None)
@given(small_strata(most=200))
def test_the_tail_of_many_runs_is_what_binomial_coefficients_give(stratum: Stratum) -> None:
    exact = float(counted_tail(stratum))
    assert upper_tail([stratum]) == pytest.approx(exact, rel=1e-6, abs=2 * SMALLEST)


@pytest.mark.parametrize(
    ("strata", "tail"),
    [
        # Fisher's lady with four cups right.
        ([Stratum(4, 4, 4, 0)], 1 / 70),
        ([Stratum(4, 3, 4, 1)], 17 / 70),
        ([Stratum(2, 0, 3, 1)], 1.0),
        # Two jobs with one failure each, both here: a quarter.
        ([Stratum(1, 1, 1, 0), Stratum(1, 1, 1, 0)], 1 / 4),
        # Everything failed everywhere: nothing is strange.
        ([Stratum(9, 9, 30, 30)], 1.0),
        ([], 1.0),
    ],
)
def test_known_tails(strata: list[Stratum], tail: float) -> None:
    assert upper_tail(strata) == pytest.approx(tail, rel=1e-12)


@settings(deadline=None)
@given(st.lists(small_strata(most=60), max_size=8))
def test_a_tail_is_a_probability(strata: list[Stratum]) -> None:
    assert SMALLEST <= upper_tail(strata) <= 1.0


@settings(deadline=None, max_examples=300)
@given(st.lists(small_strata(most=60), max_size=8))
def test_what_is_not_remarkable_never_has_a_small_tail(strata: list[Stratum]) -> None:
    if deviation(strata) <= 1.5:
        assert upper_tail(strata) > 0.02


def test_a_hopeless_node_has_the_smallest_tail_there_is() -> None:
    assert upper_tail([Stratum(1000, 950, 50_000, 500)]) == SMALLEST


@pytest.mark.parametrize("seen", [1750, 1780, 1800, 1820])
def test_the_normal_distribution_takes_over_where_it_is_as_good(
    seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    strata = [Stratum(7_000, seen, 7_000, 3_500 - seen)] * 3
    assert math.sqrt(sum(stratum.variance for stratum in strata)) > EXACT_UP_TO_SIGMA
    taken_for_normal = upper_tail(strata)
    monkeypatch.setattr(tail_probability, "EXACT_UP_TO_SIGMA", math.inf)
    assert taken_for_normal == pytest.approx(upper_tail(strata), rel=0.05)


def test_the_example_of_benjamini_and_hochberg_has_four_discoveries() -> None:
    p_values = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    assert discoveries(p_values, tests=15, false_share=0.05) == 0.0095


def test_a_value_above_its_own_rank_counts_when_a_later_one_is_below_its_rank() -> None:
    assert discoveries([0.02, 0.03, 0.03], tests=3, false_share=0.03) == 0.03


def test_tests_that_are_not_listed_make_discoveries_harder() -> None:
    assert discoveries([0.004], tests=5, false_share=0.02) == 0.004
    assert discoveries([0.004], tests=6, false_share=0.02) == -1.0


def test_nothing_tested_is_nothing_found() -> None:
    assert discoveries([], tests=0, false_share=0.05) == -1.0
