"""Runs as the tasks of a live account tell them: of each task its last attempt, with its times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.told_rules import INSIDE
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node, Task
from batchdoctor.core.suspicion.command_kind import with_command
from batchdoctor.core.suspicion.history import History, What, seconds_of
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.kind import kind_of
from batchdoctor.core.suspicion.live_estimate import blamed_node, count_failure
from batchdoctor.core.suspicion.outage import NO_SERVICE
from batchdoctor.core.suspicion.run_counts import GONE, RunCounts

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
                service=NO_SERVICE if failure.telling in INSIDE else "",
            )
            if failure.category is Category.APPLICATION and len(self.unheard) < _MOST_UNHEARD:
                name = (pool_id, blamed)
                self.unheard.append(Unheard(name, task.job_id, task.id, seconds_of(end), what))
        history.add(pool_id, blamed, what, start, end)


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
    return as_watched(suspicion, "estimated from counters: `--exact` decides")


def as_watched(suspicion: Suspicion, why: str) -> Suspicion:
    """The same as a node to be watched, if it is suspect, and why."""
    if suspicion.verdict != "suspect":
        return suspicion
    reasons = (*suspicion.reasons, Reason("estimated", why))
    return replace(suspicion, verdict="watch", reasons=reasons)
