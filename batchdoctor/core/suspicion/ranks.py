"""Middle ranks and medians, by which runs are compared whatever their durations are spread like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)


def ranks_of(values: Sequence[Number]) -> tuple[dict[Number, float], float]:
    """The middle rank of each value, and what is left of the variance beside ties.

    Takes two values at least.
    """
    ranks, size, tied, before = {}, len(values), 0, 0
    for value, times in sorted(Counter(values).items()):
        ranks[value] = before + (times + 1) / 2
        before += times
        tied += times**3 - times
    return ranks, 1 - tied / (size**3 - size)


def median(values: Iterable[float]) -> float:
    """The middle one of some values, the mean of the two in the middle of an even number."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
