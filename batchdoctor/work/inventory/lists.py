"""Reads what a list is to have: the service leaves out what it can, the rest is left out here."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.inventory.jobs import JOB_ORDERS, ListedJob, job_is_wanted, listed_job
from batchdoctor.core.inventory.nodes import NODE_ORDERS, ListedNode, listed_node, node_is_wanted
from batchdoctor.core.inventory.pools import POOL_ORDERS, ListedPool, listed_pool, pool_is_wanted
from batchdoctor.core.inventory.tasks import TASK_ORDERS, ListedTask, listed_task, task_is_wanted
from batchdoctor.core.inventory.wanted import Order, Wanted, in_order
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job, PoolNodeCounts, TaskCounts
from batchdoctor.errors import BatchdoctorError
from batchdoctor.service.only import Only
from batchdoctor.service.properties import LISTED_NODE_PROPERTIES, LISTED_TASK_PROPERTIES
from batchdoctor.work.reading.chosen import chosen_jobs, chosen_pools
from batchdoctor.work.reading.listings import only as only_one
from batchdoctor.work.reading.reading import Reading


def listed_jobs(reading: Reading, wanted: Wanted, *, counted: bool = True) -> Iterator[ListedJob]:
    """The jobs that are wanted, with `counted` each with its counts of tasks, a request each."""
    now = reading.outside.now()
    jobs: Iterator[Job]
    if wanted.jobs:
        named = chosen_jobs(reading, wanted.jobs)
        jobs = filter(lambda job: job_is_wanted(job, wanted), named)
    else:
        only = Only(
            states=wanted.states, pool_ids=wanted.pools, since=wanted.since, until=wanted.until
        )
        jobs = reading.each("jobs", reading.client.jobs(only=only))
    if not counted and wanted.order is not Order.FAILED:
        items = (listed_job(job, None, now) for job in jobs)
    else:
        items = (listed_job(job, counts, now) for job, counts in _counted(reading, jobs))
    return in_order(items, JOB_ORDERS, wanted.order, wanted.limit)


def _counted(reading: Reading, jobs: Iterator[Job]) -> Iterator[tuple[Job, TaskCounts | None]]:
    """Each job with its counts, None where they cannot be read; several are asked at a time."""

    def counts(job: Job) -> Iterator[TaskCounts]:
        return only_one(reading.client.task_counts, job.id)

    for job, found in reading.ahead(jobs, counts):
        yield job, next(_read(reading, f"task counts of job {job.id}", found), None)


def _read(reading: Reading, subject: str, found: Iterator[TaskCounts]) -> Iterator[TaskCounts]:
    try:
        yield from found
    except BatchdoctorError as error:
        reading.remember(subject, error)


def listed_pools(reading: Reading, wanted: Wanted) -> Iterator[ListedPool]:
    """The pools that are wanted, each with how its nodes stand: one request for all of them."""
    if wanted.pools:
        pools = chosen_pools(reading, wanted.pools)
    else:
        pools = reading.each("pools", reading.client.pools())
    counts: dict[str, PoolNodeCounts] = {}

    def items() -> Iterator[ListedPool]:
        for number, pool in enumerate(pools):
            if not number:
                found = reading.each("counts of nodes", reading.client.node_counts())
                counts.update({folded(each.pool_id): each for each in found})
            if pool_is_wanted(pool, wanted):
                yield listed_pool(pool, counts.get(folded(pool.id)))

    return in_order(items(), POOL_ORDERS, wanted.order, wanted.limit)


def listed_nodes(reading: Reading, wanted: Wanted) -> Iterator[ListedNode]:
    """The nodes that are wanted, pool by pool."""
    only = Only(states=wanted.states, since=wanted.since, until=wanted.until)
    select = LISTED_NODE_PROPERTIES + (",recentTasks" if wanted.jobs else "")
    pools = (pool.id for pool in chosen_pools(reading, wanted.pools))
    listings = reading.ahead(
        pools, lambda pool_id: reading.client.nodes(pool_id, only=only, select=select)
    )
    items = (
        listed_node(node)
        for pool_id, nodes in listings
        for node in reading.each(f"nodes of pool {pool_id}", nodes)
        if node_is_wanted(node, wanted)
    )
    return in_order(items, NODE_ORDERS, wanted.order, wanted.limit)


def listed_tasks(reading: Reading, wanted: Wanted) -> Iterator[ListedTask]:
    """The tasks that are wanted, job by job, each as soon as its page has arrived."""
    only = Only(
        states=wanted.states,
        results=wanted.results,
        exit_code=wanted.exit_code,
        since=wanted.since,
        until=wanted.until,
    )
    now = reading.outside.now()
    jobs = (job.id for job in chosen_jobs(reading, wanted.jobs))
    listings = reading.ahead(
        jobs, lambda job_id: reading.client.tasks(job_id, only, select=LISTED_TASK_PROPERTIES)
    )
    items = (
        listed_task(task, now)
        for job_id, tasks in listings
        for task in reading.each(f"job {job_id}", tasks)
        if task_is_wanted(task, wanted)
    )
    return in_order(items, TASK_ORDERS, wanted.order, wanted.limit)
