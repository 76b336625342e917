"""Runs as the tasks of a live account tell them: of each task its last attempt, with its times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node, Task
from batchdoctor.core.suspicion.command_kind import with_command
from batchdoctor.core.suspicion.history import History, What, seconds_of
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.kind import kind_of
from batchdoctor.core.suspicion.live_estimate import blamed_node, count_failure
from batchdoctor.core.suspicion.run_counts import GONE, RunCounts

# Fewer successes than this that the nodes counted and no list has are within what counters may err.
_FEWEST_UNLISTED = 10
_MOST_UNHEARD = 20_000
RESTARTED = "restarted-since"


class Unheard(NamedTuple):
    """A failure of a program that ran, and the node it counts against."""

    node: tuple[str, str]
    job_id: str
    task_id: str
    end: int
    """The second since 1970."""
    what: What


class LiveRuns:
    """The ended tasks of some jobs on the nodes of some pools, one by one."""

    def __init__(self, nodes: Mapping[tuple[str, str], Node]) -> None:
        self.counts = RunCounts(history=History())
        self.failed_attempts: Counter[tuple[str, str]] = Counter()
        self.unheard: list[Unheard] = []
        """Failures of programs whose words may say more; the first of very many."""
        self.said: dict[tuple[str, str], str] = {}
        """What the words tell of those that were read, by job and task; empty where nothing."""
        self._nodes = nodes

    def add(self, task: Task, failure: Failure | None) -> None:
        """Count one ended task that names its node; `failure` if it failed."""
        where, execution = task.node_info, task.execution_info
        pool_id, node_id = (where.pool_id, where.node_id) if where else (None, None)
        history = self.counts.history
        if not pool_id or not node_id or history is None:
            return
        start, end = (execution.start_time, execution.end_time) if execution else (None, None)
        node = self._nodes.get((pool_id, node_id))
        # One that left the pool keeps its name: the tasks tell what it did.
        blamed = blamed_node(node_id, node, start) if node else node_id
        kind = with_command(kind_of(task.id), task.command_line)
        what = What(task.job_id, kind)
        if failure is None:
            self.counts.add(pool_id, blamed, task.job_id)
        else:
            count_failure(self.counts, failure, blamed)
            self.failed_attempts[pool_id, blamed] += 1 + (failure.retry_count or 0)
            what = What(
                task.job_id,
                kind,
                failed=True,
                node_caused=failure.category is Category.NODE,
                ended=failure.code == "TaskEnded",
                category=str(failure.category),
                code=failure.code or "",
            )
            if failure.category is Category.APPLICATION and len(self.unheard) < _MOST_UNHEARD:
                name = (pool_id, blamed)
                self.unheard.append(Unheard(name, task.job_id, task.id, seconds_of(end), what))
        history.add(pool_id, blamed, what, start, end)


class Unlisted(msgspec.Struct, frozen=True):
    """Successes that the nodes of a pool counted, and that no list of tasks has any more."""

    pool_id: str
    successes: int
    jobs: frozenset[str]
    """Jobs of which failures are listed and no success."""


def unlisted_of(
    pool_id: str,
    listed: Mapping[str, tuple[int, int]],
    nodes: Iterable[Node],
    among: Collection[str] | None = None,
) -> Unlisted | None:
    """Compare what jobs list with what their nodes counted; None where nothing is missing.

    `listed` has successes and failures by job. Users, and workflow systems by default, delete tasks
    that succeeded; the nodes' `totalTasksSucceeded` still counts them, of every job of the pool.
    Only jobs `among` those given are told of, if any are.
    """
    jobs = frozenset(
        job_id
        for job_id, (well, failed) in listed.items()
        if failed and not well and (among is None or job_id in among)
    )
    counted = sum(node.total_tasks_succeeded or 0 for node in nodes)
    missing = counted - sum(well for well, _ in listed.values())
    if not jobs or missing < _FEWEST_UNLISTED:
        return None
    return Unlisted(pool_id, missing, jobs)


def with_unlisted(counts: RunCounts, unlisted: Unlisted, nodes: Iterable[Node]) -> bool:
    """Count unlisted successes for the jobs that list none, node by node; False if by estimate.

    Of which job and time they were is not known, so the times of the pool are forgotten. A node's
    counter holds listed successes of other jobs too: where those were not read node by node, what
    is unlisted is spread as the counters are, and nobody should be accused by that.
    """
    job_id = min(unlisted.jobs)
    pool = counts.pools.setdefault(unlisted.pool_id, {})
    for runs in pool.values():
        for other in unlisted.jobs & runs.jobs.keys() - {job_id}:
            job = runs.jobs.pop(other)
            runs.job(job_id).include(job.runs, job.failures, job.node_caused)
    missing = {}
    for node in nodes:
        known = sum(
            job.runs - job.failures for job in counts.node(unlisted.pool_id, node.id).jobs.values()
        )
        missing[node.id] = max(0, (node.total_tasks_succeeded or 0) - known)
    total = sum(missing.values())
    exact = total <= unlisted.successes
    for node_id, uncounted in missing.items():
        share = uncounted if exact else uncounted * unlisted.successes // total
        counts.node(unlisted.pool_id, node_id).job(job_id).include(share, 0, 0)
    if counts.history is not None:
        counts.history.pools.pop(unlisted.pool_id, None)
    return exact


def since_restart(suspicion: Suspicion, node: Node | None) -> Suspicion:
    """The same, and over, if the node was booted, reimaged or allocated after its last failure."""
    last = suspicion.last_failure_time
    if node is None or last is None or suspicion.node_id == GONE:
        return suspicion
    began = [at for at in (node.last_boot_time, node.allocation_time) if at and at > last]
    if not began:
        return suspicion
    reason = Reason(
        RESTARTED, f"over: restarted at {_told(max(began))}, last failure {_told(last)}"
    )
    return replace(suspicion, verdict="watch", trend="over", reasons=(reason, *suspicion.reasons))


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def as_estimated(suspicion: Suspicion) -> Suspicion:
    """The same as a node to be watched: shares that were spread out accuse nobody."""
    return _watched(suspicion, "estimated from counters: `--exact` decides")


def as_spread(suspicion: Suspicion) -> Suspicion:
    """The same as a node to be watched: the node of a success that was deleted is a guess."""
    return _watched(
        suspicion, "estimated: successes were deleted, and their node's counter has other jobs too"
    )


def _watched(suspicion: Suspicion, why: str) -> Suspicion:
    if suspicion.verdict != "suspect":
        return suspicion
    reasons = (*suspicion.reasons, Reason("estimated", why))
    return replace(suspicion, verdict="watch", reasons=reasons)
