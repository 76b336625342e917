"""What is wrong with an account, a job or a pool: read, judged, and told with what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.findings.acceptance import Acceptance, sift
from batchdoctor.core.findings.checks.account import (
    account_findings,
    job_findings,
    unread_findings,
)
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.examined import Grounds, examined
from batchdoctor.core.findings.finding import Finding, worst_first
from batchdoctor.core.findings.item import LookedAt
from batchdoctor.core.pictures.seen import Seen
from batchdoctor.core.suspicion.history import History
from batchdoctor.work.changes.deeds import with_deeds
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.diagnosis.account import Survey
from batchdoctor.work.diagnosis.job import JobSurvey
from batchdoctor.work.diagnosis.last_words import with_last_words
from batchdoctor.work.diagnosis.narrowing import Narrowing
from batchdoctor.work.diagnosis.pool_reading import read_pool
from batchdoctor.work.reading.reading import Reading

EVERYTHING = Narrowing()


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Findings, worst first, and what they rest on; one pool or job is among them where asked."""

    at: datetime
    findings: Sequence[Finding]
    looked_at: LookedAt
    checked: Sequence[Checked]
    span: Span
    pools: Sequence[PoolFacts]
    jobs: Sequence[JobFacts]
    history: History | None = None
    """When what ran, of the jobs in which something failed."""
    seen: Seen | None = None


def judge_account(
    reading: Reading,
    journal: Journal,
    since: datetime | None,
    *,
    accepted: Sequence[Acceptance] = (),
    ignored: Sequence[str] = (),
    narrowing: Narrowing = EVERYTHING,
    seen: Seen | None = None,
) -> Judged:
    """Judge an account, or some of it; failures and ended jobs of before `since` are left out.

    What is read on the way may be `seen`, to be drawn.
    """
    watch = seen.task if seen else None
    survey = Survey(reading, reading.outside.now(), since, narrowing, seen=watch)
    survey.read()
    pools, jobs = list(survey.pools.values()), list(survey.jobs.values())
    if seen:
        seen.judged(pools, jobs, survey.said)
    unread = unread_findings(
        _missed(reading),
        survey.jobs_left_out,
        waiting_left_out=survey.waiting_left_out,
        stopped=reading.stopped,
    )
    found = worst_first([*account_findings(pools, jobs), *unread])
    sifted = sift(found, accepted=accepted, ignored=ignored, today=survey.at.date())
    told = with_last_words(reading, sifted.shown, survey.jobs, survey.pools)
    return Judged(
        at=survey.at,
        findings=with_deeds(journal, told, pools, survey.at),
        looked_at=LookedAt(len(pools), len(jobs), sifted.accepted, sifted.ignored),
        checked=examined(survey.grounds),
        span=survey.grounds.span,
        pools=pools,
        jobs=jobs,
        history=survey.history,
        seen=seen,
    )


def judge_job(
    reading: Reading,
    journal: Journal,
    job_id: str,
    since: datetime | None,
    *,
    exact: bool,
    seen: Seen | None = None,
) -> Judged:
    """Judge one job. Raises NotFoundError."""
    survey = JobSurvey(reading, reading.outside.now(), since, seen=seen)
    facts = survey.read(job_id, exact=exact)
    unread = unread_findings(_missed(reading), stopped=reading.stopped)
    pools = [facts.pool] if facts.pool else []
    unread_lists = () if facts.pool or not facts.pool_exists or not facts.pool_id else ("pools",)
    grounds = Grounds(
        pools=pools, jobs=[facts], span=Span(survey.since, survey.at), unread=unread_lists
    )
    near = {pool.pool.id: pool for pool in pools}
    told = with_last_words(reading, job_findings(facts), {facts.job.id: facts}, near)
    return Judged(
        at=survey.at,
        findings=[*with_deeds(journal, told, pools, survey.at), *unread],
        looked_at=LookedAt(len(pools), 1),
        checked=examined(grounds),
        span=grounds.span,
        pools=pools,
        jobs=[facts],
        history=survey.history,
        seen=seen,
    )


def judge_pool(
    reading: Reading, journal: Journal, pool_id: str, *, seen: Seen | None = None
) -> Judged:
    """Judge one pool with its nodes, and the jobs that wait for it. Raises NotFoundError."""
    now = reading.outside.now()
    facts = read_pool(reading, pool_id, now)
    watch = seen.task if seen else None
    survey = Survey(reading, now, None, pools={facts.pool.id: facts}, seen=watch)
    survey.read_jobs_of(facts)
    if seen:
        seen.judged([facts], survey.jobs.values(), survey.said)
    unread = unread_findings(_missed(reading), stopped=reading.stopped)
    found = worst_first([*account_findings([facts], []), *unread])
    told = with_last_words(reading, found, survey.jobs, survey.pools)
    return Judged(
        at=now,
        findings=with_deeds(journal, told, [facts], now),
        looked_at=LookedAt(1, len(survey.jobs)),
        checked=examined(survey.grounds),
        span=survey.grounds.span,
        pools=[facts],
        jobs=list(survey.jobs.values()),
        history=survey.history,
        seen=seen,
    )


def _missed(reading: Reading) -> list[tuple[str, str]]:
    return [(each.subject, each.message) for each in reading.problems]
