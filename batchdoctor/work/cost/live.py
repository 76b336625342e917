"""Reads what a live account tells of node hours, and reckons with it: an estimate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from batchdoctor.core.cost.live_hours import LiveHours
from batchdoctor.core.cost.reckoning import PoolTold, Window
from batchdoctor.core.cost.spending import Doubt
from batchdoctor.core.cost.told import microseconds
from batchdoctor.core.findings.acceptance import Acceptance
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job, Task, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.wording import plural, verb
from batchdoctor.service.properties import LISTED_NODE_PROPERTIES
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.cost.wish import Reckoned, Wish, reckoned
from batchdoctor.work.diagnosis.account import UNFINISHED
from batchdoctor.work.diagnosis.judged import judge_account
from batchdoctor.work.diagnosis.narrowing import Narrowing
from batchdoctor.work.reading.chosen import chosen_pools
from batchdoctor.work.reading.reading import Reading


def live_cost(
    reading: Reading, journal: Journal, wish: Wish, *, accepted: Sequence[Acceptance] = ()
) -> Reckoned:
    """What the nodes of an account did, and its findings with what they cost.

    Raises NotFoundError for a pool or a job that does not exist.
    """
    narrowing = Narrowing(wish.pools, wish.jobs)
    judged = judge_account(reading, journal, wish.since, accepted=accepted, narrowing=narrowing)
    hours = LiveHours(judged.at)
    _read_nodes(reading, hours, wish.pools)
    for task in _tasks(reading, hours, wish.since):
        hours.add_task(task)
    told = [
        PoolTold(runs=pool, nodes=hours.nodes.get(key, {}))
        for key, pool in hours.runs.pools.items()
    ]
    window = wish.window(Window(_first(hours, judged.at), microseconds(judged.at)))
    return reckoned(
        wish, told, hours.runs, window, judged.findings, list(_doubts(hours)), estimated=True
    )


def _first(hours: LiveHours, at: datetime) -> int:
    """The first moment that anything is told of."""
    runs = (run.start for p in hours.runs.pools.values() for n in p.nodes.values() for run in n)
    nodes = (each.start for pool in hours.nodes.values() for node in pool.values() for each in node)
    return min(min(runs, default=microseconds(at)), min(nodes, default=microseconds(at)))


def _read_nodes(reading: Reading, hours: LiveHours, pools: Sequence[str]) -> None:
    names = [pool.id for pool in chosen_pools(reading, pools)]
    for name in names:
        hours.add_pool(name)

    listings = reading.ahead(
        names,
        lambda name: reading.client.nodes(name, select=LISTED_NODE_PROPERTIES),
        unit="pools",
    )
    for name, nodes in listings:
        for node in reading.each(f"nodes of pool {name}", nodes):
            hours.add_node(node)


def _tasks(reading: Reading, hours: LiveHours, since: datetime | None) -> Iterator[Task]:
    """Tasks that run, and those that ended since then, of every job that ran on these pools.

    Also of jobs that nobody asks for: their tasks share the nodes.
    """
    client = reading.client
    jobs = client.jobs(states=UNFINISHED if since else (), or_changed_since=since)
    found = [job for job in reading.each("jobs", jobs, unit="jobs") if _runs_there(job, hours)]
    ended = reading.ahead(
        [job.id for job in found], lambda name: client.ended_tasks(name, since=since)
    )
    for name, tasks in ended:
        yield from reading.each(f"ended tasks of job {name}", tasks, unit="tasks")
    unfinished = [job.id for job in found if not same(job.state, "completed")]
    for name, tasks in reading.ahead(
        unfinished, lambda name: client.begun_tasks(name, running=True)
    ):
        yield from reading.each(f"running tasks of job {name}", tasks, unit="tasks")


def _runs_there(job: Job, hours: LiveHours) -> bool:
    pool_id = pool_of(job)
    return pool_id is None or folded(pool_id) in hours.nodes


def _doubts(hours: LiveHours) -> Iterator[Doubt]:
    """Why it is an estimate."""
    yield Doubt(
        "nodes",
        "the service tells the state of a node only since it last changed; before that a node"
        " without a task is taken for idle or starting, and what left its pool for gone",
    )
    if hours.earlier:
        yield Doubt(
            "runs",
            f"the service keeps only the last run of a task, so {plural(hours.earlier, 'run')}"
            f" before {verb(hours.earlier, 'looks', 'look')} like time without a task",
        )
    yield Doubt("runs", "tasks that were deleted look like time without a task")
    if hours.nowhere:
        yield Doubt("runs", f"{plural(hours.nowhere, 'run')} named no node and counted nowhere")
