"""Reads one of two jobs that are compared, and no more of it than is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from batchdoctor.core.comparison.difference import What
from batchdoctor.core.comparison.facts import (
    JOB_MEMBERS,
    POOL_MEMBERS,
    TASK_MEMBERS,
    Fact,
    Key,
    facts_of,
)
from batchdoctor.core.comparison.jobs import JobSide
from batchdoctor.core.comparison.node_facts import NodeRuns, node_values
from batchdoctor.core.comparison.runs import Runs
from batchdoctor.core.comparison.steady import Steadying, kind_name
from batchdoctor.core.names import folded
from batchdoctor.core.records import Job, Node, TaskCounts
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, NotFoundError, UnreachableError
from batchdoctor.service.originals import Originals
from batchdoctor.work.comparison.job_runs import EndedTasks
from batchdoctor.work.reading.reading import Reading

# Of so many tasks of a job it is read what they were made with: one page.
MOST_SETTINGS = 1000
# Of so many kinds of tasks that are not among these some are asked for.
_MOST_OTHER_KINDS = 10
_NODE_PROPERTIES = (
    "id,allocationTime,lastBootTime,vmSize,isDedicated,nodeAgentInfo,virtualMachineInfo"
)

Facts = Mapping[Key, Fact]


class Named(msgspec.Struct, frozen=True):
    """A job as the service wrote it, and as a record."""

    document: Mapping[str, Any]
    job: Job


def read_named(reading: Reading, job_id: str) -> Named:
    """A job by its id. Raises NotFoundError."""
    document = Originals(reading.client).job(job_id)
    reading.begun = True
    return Named(document, msgspec.convert(document, Job))


def read_sides(reading: Reading, jobs: Sequence[Named]) -> list[JobSide]:
    """Two jobs of one account, their tasks listed at the same time."""
    by_id = {each.job.id: each for each in jobs}
    ended: dict[str, EndedTasks] = {}
    for job_id, tasks in reading.ahead(list(by_id), reading.client.ended_tasks):
        ended[job_id] = EndedTasks()
        ended[job_id].read(reading.each(f"job {job_id}", tasks, unit="tasks"))
    return [read_side(reading, each, ended.get(each.job.id, EndedTasks())) for each in jobs]


def read_side(reading: Reading, named: Named, ended: EndedTasks) -> JobSide:
    """One job, of which it was read how its tasks ended."""
    job, steady = named.job, Steadying([named.job.id])
    ended.hear(reading)
    pool_id, run = pool_of(job), job.execution_info
    counts = next(_or_problem(reading, f"task counts of job {job.id}", job.id), None)
    tasks, left_out = _task_settings(reading, job.id, counts, ended.runs)
    return JobSide(
        job_id=job.id,
        pool_id=pool_id,
        created=job.creation_time,
        end=_end(job) if run else None,
        facts=facts_of(named.document, JOB_MEMBERS, steady),
        pool=_own_pool(named) or (pool_facts(reading, pool_id) if pool_id else None),
        tasks=tasks,
        runs=ended.runs,
        nodes=_nodes(reading, pool_id, ended),
        unfinished=(counts.active + counts.running) if counts else 0,
        settings_left_out=left_out,
        words_left_out=ended.words_left_out,
    )


def _or_problem(reading: Reading, subject: str, job_id: str) -> Iterator[TaskCounts]:
    def counts() -> Iterator[TaskCounts]:
        yield reading.client.task_counts(job_id)

    return reading.each(subject, counts())


def _end(job: Job) -> str | None:
    run = job.execution_info
    if run is None:
        return None
    if run.scheduling_error is not None:
        return run.scheduling_error.code
    return run.terminate_reason


def _task_settings(
    reading: Reading, job_id: str, counts: TaskCounts | None, runs: Runs
) -> tuple[dict[str, Facts], str | None]:
    """What the first tasks of a job were made with, and some of each kind that is not among them.

    Also which were left out, in words.
    """
    steady = Steadying([job_id])
    listing = Originals(reading.client).tasks_with(job_id, TASK_MEMBERS)
    found: dict[str, Facts] = {}
    reading.outside.progress(f"reading what the tasks of job {job_id} were made with")
    try:
        for document in islice(listing, MOST_SETTINGS):
            found[str(document["id"])] = facts_of(document, TASK_MEMBERS, steady)
            reading.outside.stop_if_asked()
    except UnreachableError as error:
        reading.remember(f"settings of the tasks of job {job_id}", error)
    except BatchdoctorError as error:
        # A bundle has a few tasks of a large job, and breaks off behind them.
        if not found:
            reading.remember(f"settings of the tasks of job {job_id}", error)
    if len(found) >= MOST_SETTINGS:
        found |= _of_other_kinds(reading, job_id, runs, found)
    every = counts.active + counts.running + counts.completed if counts else len(found)
    if len(found) >= every:
        return found, None
    tasks = plural(every, "task")
    return found, f"of {tasks} of job {job_id} the settings of {len(found):,} were read"


def _of_other_kinds(
    reading: Reading, job_id: str, runs: Runs, known: Collection[str]
) -> dict[str, Facts]:
    """What some tasks were made with of kinds that are not among the known ones."""
    met = {kind_name(folded(each)) for each in known}
    others = [each for name, each in runs.kinds.items() if name not in met]
    ids = [task_id for kind in others[:_MOST_OTHER_KINDS] for task_id in kind.examples]
    found: dict[str, Facts] = {}
    for task_id in ids:
        try:
            document = Originals(reading.client).task(job_id, task_id)
        except BatchdoctorError as error:
            reading.remember(f"task {job_id}/{task_id}", error)
            break
        found[task_id] = facts_of(document, TASK_MEMBERS, Steadying([job_id]))
    return found


def _own_pool(named: Named) -> Facts | None:
    """What the pool is made with that a job is given for itself; None for a job on another one."""
    info = named.document.get("poolInfo")
    own = info.get("autoPoolSpecification") if isinstance(info, Mapping) else None
    made_with = own.get("pool") if isinstance(own, Mapping) else None
    if not isinstance(made_with, Mapping):
        return None
    return facts_of(made_with, POOL_MEMBERS, Steadying([named.job.id]))


def pool_facts(reading: Reading, pool_id: str) -> Facts | None:
    """What a pool is made with; None for one that is gone."""
    try:
        document = Originals(reading.client).pool(pool_id)
    except NotFoundError:
        return None
    except BatchdoctorError as error:
        reading.remember(f"pool {pool_id}", error)
        return None
    return facts_of(document, POOL_MEMBERS, Steadying([pool_id]))


def _nodes(reading: Reading, pool_id: str | None, ended: EndedTasks) -> NodeRuns:
    """On what nodes the runs were, as far as these are still what they were then."""
    known: dict[str, Node] = {}
    problems = len(reading.problems)
    if pool_id and ended.runs.nodes:
        listing = _listed_nodes(reading, pool_id)
        known = {folded(node.id): node for node in listing}
    found = NodeRuns(unread=reading.stopped or len(reading.problems) > problems)
    for node_id, runs in ended.runs.nodes.items():
        node = known.get(node_id)
        as_then = node is not None and is_as_then(node, ended.first_start.get(node_id))
        values: Mapping[What, str] | None = node_values(node) if node and as_then else None
        found.add(values, runs)
    return found


def _listed_nodes(reading: Reading, pool_id: str) -> Iterator[Node]:
    """The nodes of a pool; of one that is gone there are none."""

    def there() -> Iterator[Node]:
        try:
            yield from reading.client.nodes(pool_id, select=_NODE_PROPERTIES)
        except NotFoundError:
            return

    return reading.each(f"nodes of pool {pool_id}", there())


def is_as_then(node: Node, first: datetime | None) -> bool:
    """Whether a node was made and booted before a run began on it."""
    made = max((each for each in (node.allocation_time, node.last_boot_time) if each), default=None)
    return first is None or made is None or made <= first
