"""Does a node fail more than its pool and its jobs explain?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.suspicion.common_end import well_together
from batchdoctor.core.suspicion.common_onset import common_onsets
from batchdoctor.core.suspicion.course import Trend
from batchdoctor.core.suspicion.history import moment
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.pool_trial import Case, PoolTrial
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.sentences import evidence, few_runs, too_little
from batchdoctor.core.suspicion.slow import slow_nodes
from batchdoctor.core.suspicion.tail_probability import discoveries

Verdict = Literal["suspect", "watch"]

# Of the nodes called suspect, the share that may be innocent on average.
FALSE_SHARE = 0.01

# A node that fell short of being suspect is watched if chance alone makes any of all compared nodes
# look so bad less than once in ten times, and this one less than once in a hundred.
WATCH_BY_CHANCE = 0.1
WATCH_UP_TO = 0.01
# Fewer failures, or less often than so many times what was expected, and it mostly is chance.
FEWEST_WATCHED = 3
WATCH_FACTOR = 3.0

# Fewer runs to compare than this accuse nobody: the next two may turn the picture.
FEWEST_RUNS = 5


class Suspicion(msgspec.Struct, frozen=True):
    """A node held suspect or to be watched, and why.

    `jobs` and `codes` count failures. `expected_failures` is what the rates of the same jobs on the
    other nodes of the pool give, over the runs that can be compared; it and `p_value` are None
    where none can. `onset` is when the first run began of those that tell of it, `trend` whether it
    still is so; both are None where no times are known.
    """

    pool_id: str
    node_id: str
    verdict: Verdict
    runs: int
    failures: int
    failure_rate: float
    expected_failures: float | None
    p_value: float | None
    jobs: Mapping[str, int]
    codes: Mapping[str, int]
    last_failure_time: datetime | None
    reasons: tuple[Reason, ...]
    onset: datetime | None = None
    trend: Trend | None = None


class _Bar(msgspec.Struct, frozen=True):
    """The probabilities up to which a node is called suspect, among so many tested nodes."""

    suspect: float
    tests: int

    @property
    def watch(self) -> float:
        """Up to which it is watched."""
        return max(self.suspect, min(WATCH_UP_TO, WATCH_BY_CHANCE / max(1, self.tests)))


def judge(
    counts: RunCounts, *, min_failures: int = 2, false_share: float = FALSE_SHARE
) -> list[Suspicion]:
    """Name the nodes that fail more, or take much longer, than the other nodes of their pool.

    A node needs at least `min_failures` failures to be named for them; `false_share` is the share
    of the suspect nodes that may be innocent on average. Worst first; the order depends on the
    counts alone.
    """
    timed = {pool_id: _timed(counts, pool_id) for pool_id in sorted(counts.pools)}
    trials = {
        pool_id: PoolTrial(counts.pools[pool_id], min_failures, runs)
        for pool_id, runs in timed.items()
    }
    tests = sum(trial.tests for trial in trials.values())
    settled = False
    while not settled:
        p_values = [case.p_value for trial in trials.values() for case in trial.cases]
        limit = discoveries(p_values, tests=tests, false_share=false_share)
        # One sick node must not excuse the next: the accused leave the baseline and the rest are
        # judged again, until nobody new is found.
        settled = not sum(trial.accuse(limit) for trial in trials.values())
    bar = _Bar(limit, tests)
    found = [
        _suspicion(pool_id, trial, case, counts, bar)
        for pool_id, trial in trials.items()
        for case in _put_together(trial.cases, limit)
        if _verdict(trial, case, bar) is not None
    ]
    slow = {
        (pool_id, node_id): reason
        for pool_id, runs in timed.items()
        if runs is not None
        for node_id, reason in slow_nodes(runs).items()
    }
    return sorted(_with_slow(found, slow, counts), key=_worst_first)


def _with_slow(
    found: Sequence[Suspicion], slow: Mapping[tuple[str, str], Reason], counts: RunCounts
) -> Iterator[Suspicion]:
    """The suspicions with what is slow on those nodes too, and the nodes that are only slow."""
    left = dict(slow)
    for each in found:
        reason = left.pop((each.pool_id, each.node_id), None)
        yield replace(each, reasons=(*each.reasons, reason)) if reason else each
    for (pool_id, node_id), reason in left.items():
        node = counts.pools[pool_id][node_id]
        yield Suspicion(
            pool_id=pool_id,
            node_id=node_id,
            verdict="watch",
            runs=node.runs,
            failures=node.failures,
            failure_rate=node.failures / node.runs,
            expected_failures=None,
            p_value=None,
            jobs=_most_first({job_id: job.failures for job_id, job in node.jobs.items()}),
            codes=_most_first(node.codes),
            last_failure_time=node.last_failure_time,
            reasons=(reason,),
        )


def _put_together(cases: Sequence[Case], limit: float) -> list[Case]:
    """The cases, those that turned bad or were well again together as all of them tell it."""
    accused = {case.node_id: case.course for case in cases if case.course and case.p_value <= limit}
    well = well_together(accused)
    changed = {
        node_id: replace(course, trend="over") if node_id in well else course
        for node_id, course in accused.items()
    }
    onsets = common_onsets(
        {name: each for name, each in changed.items() if each.trend == "ongoing"}
    )
    changed |= {
        node_id: replace(changed[node_id], onset=moment(onset)) for node_id, onset in onsets.items()
    }
    return [replace(case, course=changed.get(case.node_id, case.course)) for case in cases]


def _timed(counts: RunCounts, pool_id: str) -> PoolRuns | None:
    history = counts.history
    if history is None or pool_id not in history.pools:
        return None
    return PoolRuns(history, pool_id)


def _verdict(trial: PoolTrial, case: Case, bar: _Bar) -> Verdict | None:
    runs = case.found.comparable_runs
    if case.p_value <= bar.suspect and runs >= FEWEST_RUNS:
        return "watch" if case.course and case.course.trend == "over" else "suspect"
    often = case.fails_often(fewest=FEWEST_WATCHED, factor=WATCH_FACTOR)
    if case.p_value <= bar.suspect or (case.p_value <= bar.watch and often):
        return "watch"
    own = trial.tables[case.node_id].values()
    mostly_failed = 2 * sum(job.failures for job in own) >= sum(job.runs for job in own)
    return "watch" if not runs and mostly_failed else None


def _suspicion(
    pool_id: str, trial: PoolTrial, case: Case, counts: RunCounts, bar: _Bar
) -> Suspicion:
    node, found = trial.tables[case.node_id], case.found
    few = case.p_value <= bar.suspect and found.comparable_runs < FEWEST_RUNS
    runs = sum(job.runs for job in node.values())
    failures = sum(job.failures for job in node.values())
    jobs: dict[str, int] = {}
    for key, job in node.items():
        jobs[key.job_id] = jobs.get(key.job_id, 0) + job.failures
    reasons = list(evidence(node, case, estimated=counts.estimated))
    if few:
        reasons.append(few_runs(found.comparable_runs))
    elif found.comparable_runs and case.p_value > bar.suspect:
        reasons.append(too_little(case.p_value, bar.tests))
    told = counts.pools[pool_id][case.node_id]
    return Suspicion(
        pool_id=pool_id,
        node_id=case.node_id,
        verdict=_verdict(trial, case, bar) or "watch",
        runs=runs,
        failures=failures,
        failure_rate=failures / runs,
        expected_failures=found.expected if found.comparable_runs else None,
        p_value=case.p_value if found.comparable_runs else None,
        jobs=_most_first(jobs),
        codes=_most_first(told.codes),
        last_failure_time=told.last_failure_time,
        reasons=tuple(reasons),
        onset=case.course.onset if case.course else None,
        trend=case.course.trend if case.course else None,
    )


def _most_first(failures: Mapping[str, int]) -> dict[str, int]:
    """Order what failed by how often, then by name; what never failed is left out."""
    return dict(sorted(((key, n) for key, n in failures.items() if n), key=lambda x: (-x[1], x[0])))


def _worst_first(suspicion: Suspicion) -> tuple[bool, float, float, str, str]:
    excess = suspicion.failures - (suspicion.expected_failures or 0.0)
    p_value = 1.0 if suspicion.p_value is None else suspicion.p_value
    watch = suspicion.verdict == "watch"
    return watch, p_value, -excess, suspicion.pool_id, suspicion.node_id
