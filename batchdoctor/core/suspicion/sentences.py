"""The sentences that say why a node's failures count against it, or do not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.suspicion.blocks import Key
from batchdoctor.core.suspicion.course import Course
from batchdoctor.core.suspicion.pool_trial import Case
from batchdoctor.core.suspicion.run_counts import JobRuns
from batchdoctor.core.suspicion.tail_probability import SMALLEST, Stratum, upper_tail

# From here down a probability is easier to take in by its magnitude.
SMALL_PROBABILITY = 1e-3
_WITHOUT_OUTAGES = "without what storage, a registry or a network failed"


def evidence(node: Mapping[Key, JobRuns], case: Case, *, estimated: bool) -> Iterator[Reason]:
    """Tell a node's failures beside those of the same jobs elsewhere, the strongest point first.

    Each point carries the probability of itself alone. `estimated` puts "about" before a number of
    runs.
    """
    about = "about " if estimated else ""
    found, points = case.found, list[tuple[float, Reason]]()
    if found.strata and sum(stratum.failures for stratum in found.strata):
        reason = Reason("repeated-failures", _beside_others(found.strata, len(found.jobs), about))
        points.append((upper_tail(found.strata), reason))
    if any(stratum.failures for stratum in found.node_caused):
        reason = Reason("node-caused-failures", _node_caused(found.node_caused))
        points.append((upper_tail(found.node_caused), reason))
    points += [
        (upper_tail([lone]), Reason("lone-jobs-failed", _lone_jobs(lone))) for lone in found.lone
    ]
    points.sort(key=lambda point: point[0])
    told = [point for _, point in points]
    if case.course and case.recent:
        told.insert(0, Reason("recent-failures", _latest(case.course)))
    if case.without_outages and told:
        told[0] = replace(told[0], message=f"{told[0].message}; {_WITHOUT_OUTAGES}")
    if case.course and told:
        # The strongest point says when, too.
        told[0] = replace(told[0], message=f"{told[0].message}; {_course(case.course)}")
    yield from told
    if not found.comparable_runs:
        yield Reason("no-comparison", _no_comparison(node, about))
    for job_id, rate in sorted(found.jobs_at_fault.items()):
        sentence = f"job {job_id} fails {percent(rate)} elsewhere and is not held against the node"
        yield Reason("job-at-fault", sentence)


def few_runs(runs: int) -> Reason:
    """Say that a node is not accused because too little of it can be compared."""
    return Reason("few-runs", f"only {plural(runs, 'run')} to compare, too few to accuse the node")


def too_little(p_value: float, nodes: int) -> Reason:
    """Say how often chance alone would give so much: why a node is watched and not accused."""
    by_chance = p_value * nodes
    often = f"once in {1 / by_chance:,.0f} times" if by_chance < 1 else "most of the time"
    return Reason(
        "too-little",
        f"too little to accuse the node: among {plural(nodes, 'compared node')} one looks so by"
        f" chance {often}",
    )


def plural(count: int, noun: str) -> str:
    """Put a number before a noun: `1 run`, `2 runs`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def percent(rate: float) -> str:
    """Write a share for people: `4 %`, `0.4 %`, `0 %`."""
    return f"{rate * 100:.1f} %" if 0 < rate < 0.01 else f"{rate * 100:.0f} %"  # noqa: PLR2004


def probability(p_value: float) -> str:
    """Write a p-value for people: `p = 0.004`, `p < 1e-9`."""
    if p_value >= SMALL_PROBABILITY:
        return f"p = {p_value:.2g}"
    return f"p < 1e{math.floor(math.log10(p_value)) + 1}"


def _latest(course: Course) -> str:
    return (
        f"{course.failures} of {plural(course.runs, 'run')} from {_time(course.began)} on failed,"
        f" {course.expected:.1f} expected, {probability(max(course.p_value, SMALLEST))}"
    )


def _course(course: Course) -> str:
    told = f"since about {_time(course.onset)}, last at {_time(course.ended)}, {course.trend}"
    if course.trend == "over":
        return f"{told}: {plural(course.well_since, 'run')} since then went as on sound nodes"
    return told


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def _beside_others(strata: Sequence[Stratum], jobs_run: int, about: str) -> str:
    failures = sum(stratum.failures for stratum in strata)
    runs = sum(stratum.runs for stratum in strata)
    expected = sum(stratum.expected for stratum in strata)
    jobs = "the same job fails" if jobs_run == 1 else "the same jobs fail"
    return (
        f"{plural(failures, 'failure')} of {about}{plural(runs, 'run')} in"
        f" {plural(jobs_run, 'job')}, {expected:.1f} expected,"
        f" {probability(upper_tail(strata))}; {jobs} {percent(expected / runs)} elsewhere"
    )


def _node_caused(strata: Sequence[Stratum]) -> str:
    failures = sum(stratum.failures for stratum in strata)
    expected = sum(stratum.expected for stratum in strata)
    return (
        f"{plural(failures, 'failure')} caused by the node itself, {expected:.1f} expected,"
        f" {probability(upper_tail(strata))}"
    )


def _lone_jobs(lone: Stratum) -> str:
    return (
        f"{lone.failures} of {plural(lone.runs, 'job')} that ran on this node only failed,"
        f" {lone.expected:.1f} expected, {probability(upper_tail([lone]))}; such jobs fail"
        f" {percent(lone.failures_elsewhere / lone.runs_elsewhere)} elsewhere"
    )


def _no_comparison(node: Mapping[Key, JobRuns], about: str) -> str:
    ran = [(key.job_id, job) for key, job in node.items() if job.runs]
    jobs = len({job_id for job_id, _ in ran})
    failures, runs = (sum(getattr(job, of) for _, job in ran) for of in ("failures", "runs"))
    theirs = "the job's" if jobs == 1 else "the jobs'"
    return (
        f"{plural(failures, 'failure')} of {about}{plural(runs, 'run')} in"
        f" {plural(jobs, 'job')} that ran on no other node of the pool, so nothing tells the"
        f" node's fault from {theirs}"
    )
