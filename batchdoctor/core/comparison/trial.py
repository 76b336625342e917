"""Tests that are made together: what is left of them when all of them are taken into account."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.comparison.difference import Evidence, Found
from batchdoctor.core.comparison.runs import Cause

# The chance that anything at all is told of two runs between which there is only chance.
BY_CHANCE = 0.01


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One test, and what it tells where chance does not explain it.

    What does not `matter` counts as a test, and is never told. `least` is the least probability
    that the test could have given, whatever had happened. `ends` are the ways to fail that it
    is about: what a part of them tells needs no telling of the whole.
    """

    p_value: float
    matters: bool
    evidence: Evidence
    tell: Callable[[Evidence], Found]
    ends: frozenset[Cause] = frozenset()
    least: float = 0.0


def counted(trials: Sequence[Trial], among: int = 1) -> int:
    """How many tests are taken into account: those that could have told anything (Tarone).

    Of two failures in a hundred runs nothing can be told, so looking at them takes no luck away.
    """
    return next(
        (
            count
            for count in range(1, len(trials) + 1)
            if sum(each.least * count * among <= BY_CHANCE for each in trials) <= count
        ),
        len(trials),
    )


def told(trials: Sequence[Trial], among: int = 1) -> list[Found]:
    """What chance does not explain.

    A test among many has to be as improbable as if it alone had been made that often (Bonferroni);
    `among` is how many such lists there are. Of failures the narrower tests come first.
    """
    explained: set[Cause] = set()
    found, tests = [], counted(trials, among)
    for trial in trials:
        by_chance = trial.p_value * tests * among > BY_CHANCE
        if by_chance or not trial.matters or not trial.ends.isdisjoint(explained):
            continue
        explained |= trial.ends
        evidence = replace(trial.evidence, p_value=trial.p_value, tests=tests)
        found.append(trial.tell(evidence))
    return found
