"""When a node was sick: the stretches of its runs that fail as no sound node's do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal

import msgspec

from batchdoctor.core.suspicion.blocks import Blocks, Key
from batchdoctor.core.suspicion.history import HALF, SECONDS, moment
from batchdoctor.core.suspicion.pool_runs import Ran
from batchdoctor.core.suspicion.run_counts import JobRuns
from batchdoctor.core.suspicion.tail_probability import Stratum, lower_bound, upper_tail

Trend = Literal["ongoing", "over", "intermittent"]

# The price of a change between sound and sick, in log likelihood.
_CHANGE = 5.0
# How well a node must have been since, in log likelihood against still being sick: one in a
# thousand sick nodes looks so well by chance.
WELL_AGAIN = 7.0
# A node that was sick in several stretches is well when it has been so this many times longer than
# between those.
_LONGER_THAN_BETWEEN = 2
# A node turns bad between two runs; with long runs it is told at most so many seconds before the
# first that failed.
BEFORE_A_FAILURE = 60
# Fewer failures in a stretch than this accuse nobody.
FEWEST_IN_A_STRETCH = 5
# Of a job that fails more often than this nothing is learned.
_HIGHEST = 0.94


class Run(msgspec.Struct, frozen=True):
    """One run of a node: its times in seconds, what it is comparable with, how sound nodes fail."""

    start: int
    end: int
    key: Key
    failed: bool
    rate: float


class Course(msgspec.Struct, frozen=True):
    """What a node went through.

    `onset` is when the first run of the first sick stretch started. `p_value` is how probable the
    latest stretch is by chance, with all stretches that might have been looked at. `runs` and
    `failures` are of that stretch. `first_failure` is when the first run started that failed in the
    first stretch, `last_failure` when the last one ended that failed in the last, and `gains` how
    much more each run tells of a sick node than of a sound one. `well` is how much the runs since
    the last failure speak for a sound node, as a logarithm.
    """

    onset: datetime | None
    trend: Trend
    p_value: float
    runs: int
    failures: int
    expected: float
    began: datetime | None
    ended: datetime | None
    well_since: int
    well: float
    first_failure: int
    last_failure: int
    gains: Sequence[tuple[int, float]]


def course_of(ran: Ran, blocks: Blocks, elsewhere: Mapping[Key, JobRuns]) -> Course | None:
    """Tell when a node was sick, of what it ran and how other nodes ran that.

    None for one without comparable failures.
    """
    runs = _runs(ran, blocks, elsewhere)
    if not any(run.failed for run in runs):
        return None
    scores = _scores(runs, lambda rate: max(0.5, rate + 0.5 * (1 - rate)))
    worst = _worst_stretch(scores)
    share = _share(runs[slice(*worst)])
    spells = _spells(runs, share) or [worst]
    last = spells[-1]
    last_failure = max(run.end for run in runs[slice(*last)] if run.failed)
    since = _comparable_since(runs, spells)
    well = _well(since, _least_share(runs[slice(*last)]))
    return Course(
        onset=_onset(runs, spells[0]),
        trend=_trend(spells, len(since), well),
        p_value=_p_value(runs, last, elsewhere),
        runs=last[1] - last[0],
        failures=sum(run.failed for run in runs[slice(*last)]),
        expected=sum(run.rate for run in runs[slice(*last)]),
        began=_began(runs[slice(*last)]),
        ended=moment(last_failure),
        well_since=len(since),
        well=well,
        first_failure=_first_failure(runs, spells[0]),
        last_failure=last_failure,
        gains=[
            (run.start, gain)
            for run, gain in zip(runs, _scores(runs, _at_least(share)), strict=True)
        ],
    )


def _runs(ran: Ran, blocks: Blocks, elsewhere: Mapping[Key, JobRuns]) -> list[Run]:
    failed, by_start = blocks.runs.failed, blocks.by_start
    rates = {key: rate_of(other) for key, other in elsewhere.items()}
    found = []
    for what, when in zip(*ran, strict=True):
        end = when & SECONDS
        start = when >> HALF or end
        key = blocks.key_of(what, start if by_start else end)
        if key in rates:
            found.append(Run(start, end, key, failed[what], rates[key]))
    found.sort(
        key=lambda run: (
            (run.start, run.end, run.failed) if by_start else (run.end, run.start, run.failed)
        )
    )
    return found


def rate_of(elsewhere: JobRuns) -> float:
    """The share that fails on other nodes, neither none nor all."""
    return min((elsewhere.failures + 0.5) / (elsewhere.runs + 1.0), _HIGHEST)


def _share(runs: Sequence[Run]) -> float:
    """The share that fails in a stretch, within limits that a sick node keeps."""
    failures = sum(run.failed for run in runs)
    return min(max((failures + 0.5) / (len(runs) + 1.0), 0.1), 0.98)


def _least_share(runs: Sequence[Run]) -> float:
    """The share that fails in a stretch, taken low: one of few runs was chosen for its failures."""
    failures = sum(run.failed for run in runs)
    return min(lower_bound(failures, len(runs), deviations=1.0), _share(runs))


def _scores(runs: Sequence[Run], sick: Callable[[float], float]) -> list[float]:
    """How much more probable each run is on a sick node than on a sound one, as a logarithm.

    `sick` gives the share that a sick node fails of what sound ones fail at a rate.
    """
    by_rate: dict[float, tuple[float, float]] = {}
    for rate in {run.rate for run in runs}:
        higher = sick(rate)
        by_rate[rate] = (math.log((1 - higher) / (1 - rate)), math.log(higher / rate))
    return [by_rate[run.rate][run.failed] for run in runs]


def _worst_stretch(scores: Sequence[float]) -> tuple[int, int]:
    """The stretch that is most probable on a node that fails at least half of its runs."""
    best, score, since = -1.0, 0.0, 0
    where = (0, len(scores))
    for index, gain in enumerate(scores):
        score += gain
        if score > best:
            best, where = score, (since, index + 1)
        if score <= 0:
            score, since = 0.0, index + 1
    return where


def _spells(runs: Sequence[Run], share: float) -> list[tuple[int, int]]:
    """The sick stretches of the most probable course, if being sick or sound seldom changes."""
    sound, sick = 0.0, -_CHANGE
    came_sick: list[bool] = []
    stayed_sick: list[bool] = []
    for gain in _scores(runs, _at_least(share)):
        stayed_sick.append(sick >= sound - _CHANGE)
        came_sick.append(sick - _CHANGE > sound)
        sound, sick = max(sound, sick - _CHANGE), max(sick, sound - _CHANGE) + gain
    found: list[tuple[int, int]] = []
    is_sick, end = sick > sound, len(runs)
    for index in range(len(runs) - 1, -1, -1):
        was_sick = stayed_sick[index] if is_sick else came_sick[index]
        if is_sick and not was_sick:
            found.append((index, end))
        if was_sick and not is_sick:
            end = index
        is_sick = was_sick
    if is_sick:
        found.append((0, end))
    return found[::-1]


def _at_least(share: float) -> Callable[[float], float]:
    """What share a sick node fails of what sound ones fail at a rate."""
    return lambda rate: max(share, rate + 0.05)


def _comparable_since(runs: Sequence[Run], spells: Sequence[tuple[int, int]]) -> Sequence[Run]:
    """The runs after the last failure of the last stretch that tell whether it is over.

    A node may be sick for one kind of task only, as without its graphics card: what it runs of the
    same job's other kinds, of which nothing failed, says nothing.
    """
    failed = {run.key[:2] for spell in spells for run in runs[slice(*spell)] if run.failed}
    jobs = {job_id for job_id, _ in failed}
    begin, end = spells[-1]
    after = next((at for at in range(end, begin, -1) if runs[at - 1].failed), end)
    return [run for run in runs[after:] if run.key.job_id not in jobs or run.key[:2] in failed]


def _well(since: Sequence[Run], share: float) -> float:
    """How much runs speak for a sound node beside one that fails such a share, as a logarithm."""
    return -sum(
        math.log(max(share, run.rate) / run.rate if run.failed else (1 - share) / (1 - run.rate))
        for run in since
        if run.rate < share
    )


def _trend(spells: Sequence[tuple[int, int]], since: int, well: float) -> Trend:
    between = [after[0] - before[1] for before, after in pairwise(spells)]
    if well < WELL_AGAIN:
        return "intermittent" if between else "ongoing"
    if between and since < _LONGER_THAN_BETWEEN * max(between):
        return "intermittent"
    return "over"


def _p_value(
    runs: Sequence[Run], stretch: tuple[int, int], elsewhere: Mapping[Key, JobRuns]
) -> float:
    here: dict[Key, JobRuns] = {}
    for run in runs[slice(*stretch)]:
        here.setdefault(run.key, JobRuns()).include(1, run.failed, 0)
    if sum(job.failures for job in here.values()) < FEWEST_IN_A_STRETCH:
        return 1.0
    strata = [
        Stratum(job.runs, job.failures, elsewhere[key].runs, elsewhere[key].failures)
        for key, job in here.items()
    ]
    looked_at = len(runs) * (len(runs) + 1) / 2
    return min(1.0, upper_tail(strata) * looked_at)


def _onset(runs: Sequence[Run], spell: tuple[int, int]) -> datetime | None:
    """When it began: before the first run that failed, and after the one before that began."""
    first = next((at for at in range(*spell) if runs[at].failed), spell[0])
    between = runs[first].start - runs[first - 1].start if first else 0
    return moment(runs[first].start - min(max(between, 0) // 2, BEFORE_A_FAILURE))


def _first_failure(runs: Sequence[Run], spell: tuple[int, int]) -> int:
    return next((run.start for run in runs[slice(*spell)] if run.failed), runs[spell[0]].start)


def _began(runs: Sequence[Run]) -> datetime | None:
    first = next((run for run in runs if run.failed), runs[0])
    return moment(first.start)
