"""All checks, and what each of them must have before its eyes to say that nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from batchdoctor.core.findings.checks.common_rise import failures_rose
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.fitting import FITTING_CHECKS
from batchdoctor.core.findings.checks.idle import finished_jobs, idle_pool
from batchdoctor.core.findings.checks.job import JOB_CHECKS, preparation
from batchdoctor.core.findings.checks.node import NODE_CHECKS
from batchdoctor.core.findings.checks.outage import outages
from batchdoctor.core.findings.checks.pool import DELETION_CHECKS, POOL_CHECKS, no_usable_nodes
from batchdoctor.core.findings.checks.running import RUNNING_CHECKS
from batchdoctor.core.findings.checks.start_task import START_TASK_CHECKS
from batchdoctor.core.findings.checks.support import support
from batchdoctor.core.findings.checks.task import failed_tasks
from batchdoctor.core.findings.checks.waiting import WAITING_CHECKS
from batchdoctor.core.findings.finding import Finding

PoolCheck = Callable[[PoolFacts], Iterable[Finding]]
JobCheck = Callable[[JobFacts], Iterable[Finding]]


class Sight(StrEnum):
    """What a check looks at, in words that stand behind a number."""

    POOLS = "pools"
    NODE_COUNTS = "pools' counts of nodes"
    NODES = "nodes"
    JOBS = "jobs"
    FAILED_TASKS = "failed tasks"
    UNFINISHED_TASKS = "unfinished tasks"
    PREPARATIONS = "preparation tasks"


OF_POOLS: tuple[PoolCheck, ...] = (
    *POOL_CHECKS,
    support,
    *START_TASK_CHECKS,
    *NODE_CHECKS,
    idle_pool,
)
"""The checks of a pool, in the order in which they run."""

OF_JOBS: tuple[JobCheck, ...] = (
    *JOB_CHECKS,
    *WAITING_CHECKS,
    *FITTING_CHECKS,
    *RUNNING_CHECKS,
)
"""The checks of a job."""

_Named = Callable[..., Iterable[Finding]]

_SIGHTS: tuple[tuple[tuple[_Named, ...], Sight], ...] = (
    ((*POOL_CHECKS, support, *DELETION_CHECKS), Sight.POOLS),
    (START_TASK_CHECKS, Sight.NODES),
    ((*NODE_CHECKS, idle_pool), Sight.NODES),
    (JOB_CHECKS, Sight.JOBS),
    ((*WAITING_CHECKS, *FITTING_CHECKS, *RUNNING_CHECKS), Sight.UNFINISHED_TASKS),
    ((outages, failures_rose, failed_tasks), Sight.FAILED_TASKS),
    ((finished_jobs,), Sight.JOBS),
)
_OTHERWISE: dict[_Named, Sight] = {
    no_usable_nodes: Sight.NODE_COUNTS,
    preparation: Sight.PREPARATIONS,
}


def checks_by_sight() -> Iterator[tuple[str, Sight, str]]:
    """Every check: its name, what it looks at, and what it looks for."""
    for checks, sight in _SIGHTS:
        for check in checks:
            words = (check.__doc__ or "").strip().splitlines()[0]
            yield check.__name__.replace("_", "-"), _OTHERWISE.get(check, sight), words
