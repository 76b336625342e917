"""All checks of an account, or of as much of it as was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from batchdoctor.core.failures.by_cause import NodeKey
from batchdoctor.core.findings.checks.common_rise import failures_rose
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.guarded import guarded, run_checks
from batchdoctor.core.findings.checks.idle import finished_jobs
from batchdoctor.core.findings.checks.job import ended_by_request
from batchdoctor.core.findings.checks.outage import outages
from batchdoctor.core.findings.checks.pool import DELETION_CHECKS
from batchdoctor.core.findings.checks.support import EXPLAINED_BY_SUPPORT
from batchdoctor.core.findings.checks.table import OF_JOBS, OF_POOLS, JobCheck
from batchdoctor.core.findings.checks.task import failed_tasks
from batchdoctor.core.findings.checks.waiting import DETAIL_CHECKS
from batchdoctor.core.findings.finding import Finding, Severity, Subject
from batchdoctor.core.findings.folding import folded
from batchdoctor.core.records import same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run, say
from batchdoctor.core.text.wording import plural

_READING_WENT_ON = "What rests on it was not checked; whatever else could be read was."
_READING_ENDED = "What rests on it was not checked, and more besides: the reading ended early."

# A formula counts no task that waits for others.
_FORMULAS = frozenset({"autoscale-gives-nothing", "autoscale-due"})
# What explains by itself why tasks of a job wait.
_EXPLAINS_WAITING = frozenset(
    {
        *("preparation-failed", "slots-never-fit", "dependency-never-met", "job-disabled"),
        *("pool-missing", "no-usable-nodes", "job-not-started", "multi-instance-never-fits"),
        *("multi-instance-waits", "tasks-stranded", "parallel-limit", *_FORMULAS),
        *("pool-support-ended", "pool-deletion-stuck"),
    }
)


def account_findings(pools: Sequence[PoolFacts], jobs: Sequence[JobFacts]) -> list[Finding]:
    """Everything that the checks find, the worst first."""
    finished = guarded(partial(finished_jobs, jobs), "finished_jobs", Subject())
    return folded([*_findings(pools, jobs, OF_JOBS), *finished])


def job_findings(facts: JobFacts) -> list[Finding]:
    """What the checks find about one job, and about its pool as far as it matters to the job."""
    pools = [facts.pool] if facts.pool else []
    checks = (*OF_JOBS, ended_by_request, *DETAIL_CHECKS)
    finished = guarded(partial(finished_jobs, [facts], fewest=1), "finished_jobs", Subject())
    found = folded([*_findings(pools, [facts], checks), *finished])
    if any(finding.kind in _EXPLAINS_WAITING for finding in found):
        found = [finding for finding in found if finding.kind != "tasks-waiting"]
    waits = bool(facts.active) and same(facts.job.state, "active")
    relevant = [finding for finding in found if _matters(finding, waits=waits)]
    severities = tuple(Severity)
    return sorted(
        relevant, key=lambda each: (severities.index(each.severity), not each.subject.job_ids)
    )


def _matters(finding: Finding, *, waits: bool) -> bool:
    """Whether a finding is the job's concern; the pool's size is only while its tasks wait."""
    subject = finding.subject
    if subject.job_ids or not subject.pool_id or finding.kind == "node-suspect":
        return True
    return waits and finding.severity is not Severity.INFO


def _findings(
    pools: Sequence[PoolFacts], jobs: Sequence[JobFacts], job_checks: Sequence[JobCheck]
) -> Iterator[Finding]:
    of_jobs = [
        finding
        for job in jobs
        for finding in run_checks(job_checks, job, Subject(job_ids=(job.job.id,)))
    ]
    held_up = _held_up_by_dependencies(jobs, of_jobs)
    for pool in pools:
        subject = Subject(pool_id=pool.pool.id)
        if same(pool.pool.state, "deleting"):
            yield from run_checks(DELETION_CHECKS, pool, subject)
        else:
            yield from _without_consequences(run_checks(OF_POOLS, pool, subject), held_up)
    yield from of_jobs
    suspects = {
        NodeKey(pool.pool.id, suspicion.node_id)
        for pool in pools
        for suspicion in pool.suspicions
        if suspicion.verdict == "suspect"
    }
    yield from guarded(partial(outages, jobs), "outages", Subject())
    yield from guarded(partial(failures_rose, jobs), "failures_rose", Subject())
    yield from guarded(partial(failed_tasks, jobs, suspects), "failed_tasks", Subject())


def _held_up_by_dependencies(jobs: Sequence[JobFacts], found: Sequence[Finding]) -> frozenset[str]:
    """Jobs of which every waiting task waits for what will not succeed: no node helps them."""
    stuck = {
        finding.subject.job_ids[0]: finding.stops
        for finding in found
        if finding.kind == "dependency-never-met"
    }
    return frozenset(job.job.id for job in jobs if 0 < job.active <= stuck.get(job.job.id, 0))


def _without_consequences(found: Iterable[Finding], held_up: frozenset[str]) -> Iterator[Finding]:
    """Leave out what an end of support explains by itself, and nodes for tasks that want none."""
    findings = list(found)
    ended = any(finding.kind == "pool-support-ended" for finding in findings)
    for finding in findings:
        for_nothing = finding.kind in _FORMULAS and held_up.issuperset(finding.subject.job_ids)
        if not (ended and finding.kind in EXPLAINED_BY_SUPPORT) and not for_nothing:
            yield finding


def unread_findings(
    missed: Iterable[tuple[str, str]],
    jobs_left_out: int = 0,
    *,
    waiting_left_out: Sequence[str] = (),
    stopped: bool = False,
) -> Iterator[Finding]:
    """What could not be read, as findings; `missed` are pairs of what and why.

    `waiting_left_out` are jobs whose waiting tasks were not looked at. `stopped` says that the
    reading ended early, so that more was not read than `missed` names.
    """
    for what, why in missed:
        yield Finding(
            kind="not-read",
            subject=Subject(),
            message=f"Could not read {what}: {why}",
            advice=(say(_READING_ENDED if stopped else _READING_WENT_ON),),
        )
    if jobs_left_out:
        yield Finding(
            kind="not-looked-at",
            subject=Subject(),
            message=f"{jobs_left_out:,} more jobs were not looked at.",
            advice=(run("batchdoctor triage --since 6h", "Ask about a shorter time"),),
        )
    if waiting_left_out:
        yield Finding(
            kind="not-looked-at",
            subject=Subject(),
            message=f"The waiting tasks of {plural(len(waiting_left_out), 'more job')} were not"
            " looked at.",
            advice=(run(command_line("job", "diagnose", job=waiting_left_out[0])),),
        )
