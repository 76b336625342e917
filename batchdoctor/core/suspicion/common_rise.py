"""Since when most jobs fail, whichever they are: a rise of failures that no one job explains.

A job of a few tasks is too small to have a rise of its own; many of them together may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.suspicion.begun import (
    Begun,
    Points,
    Share,
    Stretch,
    place_of,
    second_of,
    stretches_of,
)
from batchdoctor.core.suspicion.history import moment, seconds_of
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import FEWEST_RUNS, first_or_worst, has_risen

# Of so many jobs, and of so large a part of those that ran meanwhile, something failed.
_FEWEST_JOBS = 3
_PART_OF_JOBS = 0.5
# A job with more of the failures explains them by itself; so does an outage.
_MOST_OF_ONE = 0.5
# More points than this tell no more of when runs began that were only counted.
_MOST_POINTS = 500


class Quiet(msgspec.Struct, frozen=True):
    """A job without failures whose tasks were counted and not listed: how many ran, and when."""

    job_id: str
    since: datetime
    until: datetime
    runs: int


class CommonRise(msgspec.Struct, frozen=True):
    """Runs and failures of all jobs before a moment, and of what began since.

    `until` and what is after it are as a job's own rise has them. `jobs` has failures by job, the
    most first; `jobs_run` is how many jobs ran meanwhile. `spread` runs were only counted, and are
    supposed to have begun evenly in the time of their jobs.
    """

    since: datetime
    until: datetime | None
    before: Share
    during: Share
    after: Share
    jobs: Mapping[str, int]
    jobs_run: int
    spread: int = 0


def common_rise(
    begun: Begun, *, quiet: Sequence[Quiet] = (), outages: Collection[Outage] = ()
) -> CommonRise | None:
    """The rise that most jobs share; None if there is none."""
    if len({what.job_id for what in begun.whats if what.failed}) < _FEWEST_JOBS:
        return None
    places, runs, failures = _with_quiet(begun.points(), quiet)
    found = first_or_worst(
        stretch
        for stretch in stretches_of(runs, failures)
        if stretch.before.runs >= FEWEST_RUNS and has_risen(stretch)
    )
    return None if found is None else _shared(begun, quiet, outages, found, places)


def _with_quiet(points: Points, quiet: Sequence[Quiet]) -> Points:
    """What began at which place, with the runs of jobs without failures."""
    if not quiet:
        return points
    every = Counter(dict(zip(points.places, points.runs, strict=True)))
    failed = dict(zip(points.places, points.failures, strict=True))
    for job in quiet:
        for second, runs in _spread(job):
            every[place_of(second)] += runs
    places = sorted(every)
    return Points(
        places, [every[place] for place in places], [failed.get(place, 0) for place in places]
    )


def _spread(job: Quiet) -> Iterator[tuple[int, int]]:
    """When runs of a job began that were only counted, and how many each time."""
    first, last = seconds_of(job.since), seconds_of(job.until)
    points = min(job.runs, _MOST_POINTS)
    for number in range(points):
        runs = job.runs * (number + 1) // points - job.runs * number // points
        yield first + (last - first) * number // points, runs


def _shared(
    begun: Begun,
    quiet: Sequence[Quiet],
    outages: Collection[Outage],
    found: Stretch,
    places: Sequence[int],
) -> CommonRise | None:
    """The rise with its jobs, if most of those that ran meanwhile share it."""
    is_over = found.last < len(places)
    begin, end = places[found.first], places[found.last] if is_over else places[-1] + 1
    ran, failures = _jobs(begun, begin, end)
    ran |= {
        job.job_id
        for job in quiet
        if any(begin <= place_of(second) < end for second, _ in _spread(job))
    }
    if len(failures) < max(_FEWEST_JOBS, _PART_OF_JOBS * len(ran)):
        return None
    until = moment(second_of(end)) if is_over else None
    together = [sum(each.jobs.values()) for each in outages if not until or each.since <= until]
    if max([*failures.values(), *together]) > _MOST_OF_ONE * found.during.failures:
        return None
    whats = begun.whats
    since = moment(
        min(
            second
            for what, second, _ in begun.rows()
            if whats[what].failed and begin <= place_of(second) < end
        )
    )
    if since is None:
        return None
    return CommonRise(
        since=since,
        until=until,
        before=found.before,
        during=found.during,
        after=found.after,
        jobs=dict(sorted(failures.items(), key=lambda each: (-each[1], each[0]))),
        jobs_run=len(ran),
        spread=sum(job.runs for job in quiet),
    )


def _jobs(begun: Begun, begin: int, end: int) -> tuple[set[str], Counter[str]]:
    """The jobs that ran between two places in time, and their failures where they have some."""
    ran, failures = set(), Counter[str]()
    for (index, place), runs in begun.counts.items():
        if begin <= place < end:
            what = begun.whats[index]
            ran.add(what.job_id)
            if what.failed:
                failures[what.job_id] += runs
    return ran, failures
