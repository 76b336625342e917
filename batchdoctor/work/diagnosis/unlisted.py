"""Reads whether successes that nodes counted are in no list of tasks, of any job of their pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from batchdoctor.core.names import folded
from batchdoctor.core.records import Node, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.unlisted import Unlisted, unlisted_of
from batchdoctor.work.reading.listings import only, read_whole
from batchdoctor.work.reading.reading import Reading

# Counting the tasks of another job costs a request each.
MOST_OTHERS = 200

Listed = Mapping[str, tuple[int, int]]


def read_unlisted(
    reading: Reading, pool_id: str, listed: Listed, nodes: Sequence[Node]
) -> Unlisted | None:
    """Successes of jobs that list none; None where there are none, or that cannot be known.

    `listed` has the successes and failures of some of the pool's jobs. What its nodes counted is of
    all of them, so the others are asked before their successes are taken for deleted ones.
    """
    found = unlisted_of(pool_id, listed, nodes)
    if found is None:
        return None
    others = _others(reading, pool_id, listed)
    return None if others is None else unlisted_of(pool_id, {**listed, **others}, nodes, found.jobs)


def _others(reading: Reading, pool_id: str, known: Listed) -> Listed | None:
    """Successes and failures of the pool's other jobs; None if they cannot all be told."""
    met = {folded(job_id) for job_id in known}
    jobs, whole = read_whole(reading, "jobs", reading.client.jobs())
    names = [job.id for job in jobs if same(pool_of(job), pool_id) and folded(job.id) not in met]
    if not whole or len(names) > MOST_OTHERS:
        return None
    found = {}
    counted = reading.ahead(names, lambda name: only(reading.client.task_counts, name))
    for job_id, listing in counted:
        counts, whole = read_whole(reading, f"task counts of job {job_id}", listing)
        if not whole:
            return None
        found[job_id] = (counts[0].succeeded, counts[0].failed)
    return None if reading.stopped else found
