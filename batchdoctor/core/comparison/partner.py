"""Which job another one is best compared with: the newest of the same shape that went well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from batchdoctor.core.comparison.steady import looser_shape_of, shape_of
from batchdoctor.core.names import same_id
from batchdoctor.core.records import Job, TaskCounts
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.wording import plural

# So many jobs of the shape are asked how they went.
MOST_ASKED = 30
# Where every run has failures, one with few of them went well enough.
_FEW_FAILED = 0.1
_NEVER = datetime.min.replace(tzinfo=UTC)


class Partner(msgspec.Struct, frozen=True):
    """The job to compare with, None where none was found; `why` it, or why none."""

    job: Job | None
    why: str


class Candidates(msgspec.Struct, frozen=True):
    """Jobs of one shape, the newest before the job that is asked about first, then later ones."""

    jobs: Sequence[Job]
    likeness: str
    """What they share with it, in words."""


def candidates_for(job: Job, jobs: Iterable[Job]) -> Candidates:
    """The jobs on the same pool whose ids are the same but for dates and hashes.

    Where there is none, those that are the same but for any numbers.
    """
    others = [each for each in jobs if _on_one_pool(each, job) and not same_id(each.id, job.id)]
    shapes = (
        (shape_of, "the same pool, and the same id but for dates and hashes"),
        (looser_shape_of, "the same pool, and the same id but for numbers"),
    )
    likeness = ""
    for shape, likeness in shapes:
        alike = [each for each in others if shape(each.id) == shape(job.id)]
        if alike:
            return Candidates(_newest_before_first(job, alike), likeness)
    return Candidates([], likeness)


def _newest_before_first(job: Job, alike: Sequence[Job]) -> list[Job]:
    own = job.creation_time or _NEVER
    newest = sorted(alike, key=lambda each: each.creation_time or _NEVER, reverse=True)
    before = [each for each in newest if (each.creation_time or _NEVER) <= own]
    return [*before, *(each for each in newest if each not in before)][:MOST_ASKED]


def own_pool(job: Job) -> bool:
    """Whether a job is given a pool of its own, which each run has another one of."""
    return not (job.pool_info and job.pool_info.pool_id)


def _on_one_pool(one: Job, other: Job) -> bool:
    if own_pool(one) or own_pool(other):
        return own_pool(one) and own_pool(other)
    return same_id(pool_of(one), pool_of(other))


def chosen(candidates: Candidates, counts: Iterable[tuple[Job, TaskCounts]]) -> Partner:
    """The first that went well: all of its tasks ended, and none failed.

    Else the one with the smallest share of failures, if that is small. `counts` are asked for one
    by one, until one is good.
    """
    asked, best, least = 0, None, _FEW_FAILED
    for job, count in counts:
        asked += 1
        if count.active or count.running or not count.completed:
            continue
        if not count.failed:
            why = f"the newest that went well ({count.succeeded:,} succeeded, none failed) with"
            return Partner(job, f"{why} {candidates.likeness}")
        share = count.failed / count.completed
        if share < least:
            best, least = job, share
    likeness = candidates.likeness
    if best is not None:
        told = f"{least:.1%} failed, none of {plural(asked, 'job')} went better"
        return Partner(best, f"the one that went best ({told}) with {likeness}")
    if not candidates.jobs:
        return Partner(
            None, "there is no other job with the same pool and the same id but for dates"
        )
    return Partner(None, f"of {plural(asked, 'job')} with {likeness} none went well")
