"""How probable so many failures on one node are, if it were no worse than the others.

Within one job the failures of all runs are dealt to the nodes like cards: the number that falls on
a node follows the hypergeometric distribution, whatever the job's true failure rate is. So no rate
has to be guessed or smoothed, not even when nothing failed elsewhere. Over several jobs the
distributions are convolved: the exact test of Mantel and Haenszel, one-sided.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import mul

import msgspec

# Probabilities below this share of the peak are left out, which keeps a convolution short.
NEGLIGIBLE = 1e-24

# Below this a tail probability is only known to be smaller, because of what was left out.
SMALLEST = 1e-18

# Beyond this standard deviation the sum is so close to a normal one (about 5 % off in a
# probability of 1e-4) that an exact convolution would cost time and change no verdict.
EXACT_UP_TO_SIGMA = 40.0

# A lower bound is this many standard deviations below what is likeliest.
LOWER_BOUND = 1.64


class Stratum(msgspec.Struct, frozen=True):
    """Runs that may be compared with each other: one job, on one node and on the others."""

    runs: int
    failures: int
    runs_elsewhere: int
    failures_elsewhere: int

    @property
    def all_runs(self) -> int:
        """Runs here and elsewhere."""
        return self.runs + self.runs_elsewhere

    @property
    def all_failures(self) -> int:
        """Failures here and elsewhere."""
        return self.failures + self.failures_elsewhere

    @property
    def expected(self) -> float:
        """Failures here at the rate of elsewhere, where there must be at least one run."""
        return self.runs * self.failures_elsewhere / self.runs_elsewhere

    @property
    def mean(self) -> float:
        """Failures that would fall on this node if all failures were dealt out by chance."""
        return self.runs * self.all_failures / self.all_runs

    @property
    def variance(self) -> float:
        """Spread of that number."""
        if self.all_runs < 2:  # noqa: PLR2004 - one run leaves no choice
            return 0.0
        rest = (self.all_runs - self.all_failures) * self.runs_elsewhere
        return self.mean * rest / (self.all_runs * (self.all_runs - 1))


def deviation(strata: Iterable[Stratum]) -> float:
    """Give the failures beyond the mean in standard deviations; zero where nothing can vary."""
    excess = variance = 0.0
    for stratum in strata:
        excess += stratum.failures - stratum.mean
        variance += stratum.variance
    return excess / math.sqrt(variance) if variance > 0 else 0.0


def upper_tail(strata: Sequence[Stratum]) -> float:
    """Give the probability of at least as many failures as were seen, by chance alone.

    Exact but for rounding; never below `SMALLEST`. A sum that varies by more than
    `EXACT_UP_TO_SIGMA` is taken for a normal one.
    """
    seen = sum(stratum.failures for stratum in strata)
    excess = seen - sum(stratum.mean for stratum in strata)
    variance = sum(stratum.variance for stratum in strata)
    if excess > 0 and _bernstein(excess, variance) < SMALLEST:
        return SMALLEST
    sigma = math.sqrt(variance)
    if sigma > EXACT_UP_TO_SIGMA:
        tail = math.erfc((excess - 0.5) / sigma / math.sqrt(2)) / 2
    else:
        lowest, masses = 0, [1.0]
        for stratum in strata:
            low, more = _hypergeometric(stratum)
            lowest, masses = lowest + low, _convolve(masses, more)
        tail = math.fsum(masses[max(0, seen - lowest) :])
    return min(1.0, max(SMALLEST, tail))


def _bernstein(excess: float, variance: float) -> float:
    """Give a bound that no tail exceeds: the sum has the law of a sum of independent yes or no."""
    return math.exp(-excess * excess / (2 * (variance + excess / 3)))


def _hypergeometric(stratum: Stratum) -> tuple[int, list[float]]:
    """Give the lowest count that matters, and the probabilities from there on."""
    runs, failures, total = stratum.runs, stratum.all_failures, stratum.all_runs
    lowest, highest = max(0, runs + failures - total), min(runs, failures)
    peak = min(highest, max(lowest, (runs + 1) * (failures + 1) // (total + 2)))
    above, mass = [1.0], 1.0
    for count in range(peak, highest):
        up = (failures - count) * (runs - count)
        mass *= up / ((count + 1) * (total - failures - runs + count + 1))
        if mass < NEGLIGIBLE:
            break
        above.append(mass)
    below, mass = [], 1.0
    for count in range(peak, lowest, -1):
        down = count * (total - failures - runs + count)
        mass *= down / ((failures - count + 1) * (runs - count + 1))
        if mass < NEGLIGIBLE:
            break
        below.append(mass)
    masses = below[::-1] + above
    whole = math.fsum(masses)
    return peak - len(below), [mass / whole for mass in masses]


def _convolve(left: list[float], right: list[float]) -> list[float]:
    """Give the distribution of the sum of two independent counts."""
    if len(left) < len(right):
        left, right = right, left
    if len(right) == 1:
        return [mass * right[0] for mass in left]
    width = len(right)
    backwards = right[::-1]
    padding = [0.0] * (width - 1)
    padded = padding + left + padding
    sums = len(left) + width - 1
    # sum(map(mul)) keeps the inner loop out of the interpreter: five times as fast as nested loops.
    return [sum(map(mul, padded[at : at + width], backwards)) for at in range(sums)]


def discoveries(p_values: Sequence[float], *, tests: int, false_share: float) -> float:
    """Give the largest p-value that counts as a discovery, or -1.0 when none does.

    Procedure of Benjamini and Hochberg over `tests` tests, of which those not listed had p = 1: of
    all that is called a discovery, at most `false_share` is false on average.
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
    """
    limit = -1.0
    for rank, p_value in enumerate(sorted(p_values), start=1):
        if p_value <= false_share * rank / tests:
            limit = p_value
    return limit


def lower_bound(failures: int, runs: int, *, deviations: float = LOWER_BOUND) -> float:
    """The share of failures that a node has at least (Wilson), nineteen times in twenty."""
    z = deviations
    share, square = failures / runs, z * z / runs
    middle = share + square / 2
    half = z * math.sqrt(share * (1 - share) / runs + square / (4 * runs))
    return max(0.0, (middle - half) / (1 + square))
