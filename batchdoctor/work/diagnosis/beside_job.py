"""Judges the nodes that one job accuses by what else ran on them, which tells what is over."""

from __future__ import annotations

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.records import same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.live_runs import as_watched
from batchdoctor.work.diagnosis.runs import RunsReading
from batchdoctor.work.reading.chosen import chosen_jobs
from batchdoctor.work.reading.reading import Reading

# Counting the tasks of another job costs a request each.
MOST_OTHERS = 100
_NOT_ALONE = "beside all jobs of the pool it is not suspect"


def judge_beside_others(reading: Reading, pool: PoolFacts, job_id: str) -> int:
    """Let nodes that one job accuses be watched where all jobs of their pool do not.

    A job that ended in an outage, or before its nodes were mended, does not know that it is over.
    Where the pool has no others, or a bundle has them not, the job is believed; so it is where
    there are very many, and then returned is how many jobs were not asked.
    """
    accused = [found for found in pool.suspicions if found.verdict == "suspect"]
    if not accused or reading.stopped:
        return 0
    before = len(reading.problems)
    others = [
        job.id
        for job in chosen_jobs(reading, None)
        if same(pool_of(job), pool.pool.id) and not same(job.id, job_id)
    ]
    whole: dict[str, Suspicion] = {}
    if len(reading.problems) == before:
        if len(others) > MOST_OTHERS:
            return len(others)
        if not others:
            return 0
        runs = RunsReading(reading, [pool.pool.id], [job_id, *others], None)
        runs.read_nodes()
        whole = {found.node_id: found for found in runs.suspicions(min_failures=2, exact=False)}
    if len(reading.problems) > before:
        # The job is believed, and what could not be read of others is told; but a bundle of one
        # job has all that was asked for.
        if reading.client.transport.offline:
            del reading.problems[before:]
    elif not reading.stopped:
        pool.suspicions = [_beside(found, whole.get(found.node_id)) for found in pool.suspicions]
    return 0


def _beside(found: Suspicion, whole: Suspicion | None) -> Suspicion:
    if whole is None:
        return as_watched(found, _NOT_ALONE)
    return found if whole.verdict == "suspect" or found.verdict != "suspect" else whole
