"""Reads what tasks ran about the time from which they fail: a command line, image or package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.records import Task
from batchdoctor.core.suspicion.deployed_tasks import task_deployments
from batchdoctor.core.suspicion.kind import kind_of
from batchdoctor.errors import BatchdoctorError, NotFoundError
from batchdoctor.service.only import Only
from batchdoctor.service.properties import DEPLOYED_PROPERTIES
from batchdoctor.work.reading.reading import Reading

# Jobs whose failures rose, those with the most first: two requests each.
_MOST_JOBS = 5
# Of small jobs that rose together so many before and so many after it.
MOST_SMALL = 8
_MOST_TASKS = 1000
_ENDED = ("completed",)


def read_releases(reading: Reading, jobs: Mapping[str, JobFacts]) -> None:
    """Tell jobs whose failures rose what came new to their tasks about then."""
    risen = [facts for facts in jobs.values() if facts.rise is not None]
    risen.sort(key=lambda facts: -(facts.rise.failures if facts.rise else 0))
    for facts in risen[:_MOST_JOBS]:
        if facts.rise is not None:
            _tell([facts], _about(reading, facts.job.id, facts.rise.since))
    struck = [facts for facts in jobs.values() if facts.common_rise and facts.rise is None]
    if struck and struck[0].common_rise:
        _tell(struck, _together(reading, jobs, struck, struck[0].common_rise.since))


def _tell(told: Sequence[JobFacts], tasks: Sequence[Task]) -> None:
    found = tuple(task_deployments(tasks))
    for facts in told:
        facts.deployed = found


def _about(reading: Reading, job_id: str, since: datetime) -> list[Task]:
    """Tasks of a job that ended before a moment, and such as ended after it."""
    wanted = [Only(states=_ENDED, until=since), Only(states=_ENDED, since=since)]
    read = {
        task.id: task
        for only in wanted
        for task in _read(reading, job_id, _tasks(reading, job_id, only))
    }
    return list(read.values())


def _together(
    reading: Reading, jobs: Mapping[str, JobFacts], struck: Sequence[JobFacts], since: datetime
) -> list[Task]:
    """Tasks of small jobs of one kind from before a moment, and of those that fail since."""
    kinds = {kind_of(facts.job.id) for facts in struck}
    alike = sorted(
        (facts.job.creation_time, facts.job.id)
        for facts in jobs.values()
        if facts.job.creation_time and kind_of(facts.job.id) in kinds
    )
    before = [job_id for created, job_id in alike if created < since][-MOST_SMALL:]
    after = [job_id for created, job_id in alike if created >= since][:MOST_SMALL]
    listings = reading.ahead(
        [*before, *after], lambda job_id: _tasks(reading, job_id, Only(states=_ENDED))
    )
    return [task for job_id, tasks in listings for task in _read(reading, job_id, tasks)]


def _tasks(reading: Reading, job_id: str, only: Only) -> Iterator[Task]:
    tasks = reading.client.tasks(job_id, only, select=DEPLOYED_PROPERTIES)
    return islice(tasks, _MOST_TASKS)


def _read(reading: Reading, job_id: str, tasks: Iterator[Task]) -> Iterator[Task]:
    """Tasks as far as they can be read; what was deleted or not recorded tells nothing."""
    try:
        if not reading.stopped:
            yield from tasks
    except NotFoundError:
        return
    except BatchdoctorError as error:
        reading.remember(f"command lines of job {job_id}", error)
