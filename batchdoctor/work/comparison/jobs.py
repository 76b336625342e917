"""Compares two jobs of an account; the other one is looked for where nobody names it."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.jobs import compared_jobs, in_time
from batchdoctor.core.comparison.partner import (
    Candidates,
    Partner,
    candidates_for,
    chosen,
    own_pool,
)
from batchdoctor.core.names import same_id
from batchdoctor.core.records import Job, TaskCounts
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import BatchdoctorError, NotFoundError, UsageError
from batchdoctor.service.only import EVERYTHING, Only
from batchdoctor.work.comparison.job_side import read_named, read_sides
from batchdoctor.work.reading.reading import Reading


def compare_jobs(reading: Reading, job_id: str, other_id: str | None) -> Comparison:
    """Compare a job with another one, or with one like it that went well.

    Raises NotFoundError for a job that is not there, and where there is none to compare with.
    """
    if same_id(job_id, other_id):
        raise UsageError(f"{job_id} cannot differ from itself.", hint="name two jobs")
    named = read_named(reading, job_id)
    partner = None
    if other_id is None:
        partner = find_partner(reading, named.job)
        if partner.job is None:
            raise NotFoundError(
                f"There is nothing to compare {named.job.id} with: {partner.why}.",
                hint=command_line("compare", "jobs", named.job.id, "JOB"),
            )
        other_id = partner.job.id
    other = read_named(reading, other_id)
    then, now = in_time(*read_sides(reading, [other, named]))
    return compared_jobs(then, now, partner.why if partner else None)


def find_partner(reading: Reading, job: Job) -> Partner:
    """The newest job of the same shape that went well."""
    pool_id = pool_of(job)
    only = Only(pool_ids=[pool_id]) if pool_id and not own_pool(job) else EVERYTHING
    candidates = candidates_for(job, reading.each("jobs", reading.client.jobs(only=only)))
    return chosen(candidates, _counts(reading, candidates))


def _counts(reading: Reading, candidates: Candidates) -> Iterator[tuple[Job, TaskCounts]]:
    """How the tasks of each stand, asked for when it is looked at."""
    for job in candidates.jobs:
        reading.outside.progress(f"how did job {job.id} go?")
        try:
            yield job, reading.client.task_counts(job.id)
        except BatchdoctorError as error:
            reading.remember(f"task counts of job {job.id}", error)
