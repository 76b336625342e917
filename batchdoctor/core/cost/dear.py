"""The findings that cost most: what is wrong, what it took of node hours, and what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from batchdoctor.core.cost.live_hours import task_number
from batchdoctor.core.cost.purpose import LOST_WORK, OUT_OF_USE, Purpose
from batchdoctor.core.cost.spending import Amount, Spending
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.names import folded
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run

MOST_DEAR = 5
_FEWEST = 1_000_000

_AWAY = frozenset({*OUT_OF_USE, Purpose.STARTING, Purpose.LEAVING, Purpose.NOT_KNOWN})
_WITHOUT_TASK = frozenset({Purpose.IDLE, Purpose.NO_TASK})
_STARTING = frozenset({Purpose.STARTING})
_AGAIN = frozenset({Purpose.REPEATED, Purpose.INTERRUPTED})
# What of the hours of its nodes, its pool or its jobs a finding is about, by its kind.
_OF_NODES = {
    "start-task-failed": _AWAY,
    "node-unreachable": _AWAY,
    "node-error": _AWAY,
    "node-unknown": _AWAY,
    "node-stuck": _AWAY,
    "node-offline": _AWAY,
    "node-preempted": _AWAY,
    "node-suspect": LOST_WORK,
    "node-hides-failures": LOST_WORK,
}
_OF_POOLS = {
    "pool-idle": _WITHOUT_TASK,
    "tasks-stranded": _WITHOUT_TASK,
    "no-usable-nodes": _AWAY,
}
_OF_JOBS_FAILING = {
    *("outage", "failures-rose", "failures-rose-before", "job-failing", "tasks-failed"),
    *("tasks-failed-rarely", "job-ended-by-failure"),
}
_LOOKS = {
    *("node show", "task show", "job diagnose", "pool diagnose", "nodes suspect", "tasks failed"),
    *("files tail", "files get", "files list", "tasks list", "nodes list", "explain"),
}
_OF_TASKS = {"task-hung", "task-run-again"}


class Dear(msgspec.Struct, frozen=True):
    """A finding and what it costs; the hours of two of them may be the same."""

    kind: str
    severity: Severity
    subject: Subject
    message: str
    advice: tuple[Step, ...]
    amount: Amount

    @property
    def stop(self) -> Step | None:
        """The step that stops it: the first that does more than look, else the first."""
        acts = (
            step for step in self.advice if " ".join((step.run or "").split()[1:3]) not in _LOOKS
        )
        return next(acts, self.advice[0] if self.advice else None)


def watched_tasks(findings: Iterable[Finding]) -> frozenset[int]:
    """The tasks whose time has to be counted one by one, by number."""
    return frozenset(
        task_number(job_id, task_id)
        for finding in findings
        if finding.kind in _OF_TASKS
        for job_id in finding.subject.job_ids[:1]
        for task_id in finding.subject.task_ids
    )


def dearest(findings: Sequence[Finding], spending: Spending) -> list[Dear]:
    """The five findings that cost most, and with them what only the hours show."""
    found = [_dear(finding, _amount(finding, spending)) for finding in findings]
    failing = [each for each in findings if each.kind in _OF_JOBS_FAILING]
    told = {folded(job) for each in failing for job in each.subject.job_ids}
    idle = {folded(each.subject.pool_id or "") for each in findings if each.kind in _OF_POOLS}
    found += _of_hours(spending, told, idle)
    priced = bool(spending.prices)
    dear = [each for each in found if each.amount.length >= _FEWEST]
    if spending.only_jobs is not None:
        wanted = {folded(spending.jobs[number]) for number in spending.only_jobs}
        dear = [each for each in dear if wanted & set(map(folded, each.subject.job_ids))]
    dear.sort(key=lambda each: (-(each.amount.usd or 0) if priced else 0, -each.amount.length))
    return dear[:MOST_DEAR]


def _dear(finding: Finding, amount: Amount) -> Dear:
    return Dear(
        finding.kind,
        finding.severity,
        finding.subject,
        finding.message,
        finding.advice,
        amount,
    )


def _amount(finding: Finding, spending: Spending) -> Amount:
    """What of the hours a finding is about; nothing for one that takes no time of nodes."""
    subject, kind = finding.subject, finding.kind
    pool_id = subject.pool_id or ""
    if kind in _OF_NODES:
        return spending.of_nodes(pool_id, subject.node_ids, _OF_NODES[kind])
    if kind in _OF_POOLS:
        return spending.of_whole_pool(pool_id, _OF_POOLS[kind])
    if kind in _OF_JOBS_FAILING:
        return spending.of_jobs(subject.job_ids, LOST_WORK)
    if kind in _OF_TASKS:
        return spending.of_tasks(watched_tasks([finding]))
    return Amount()


def _of_hours(spending: Spending, told: set[str], idle: set[str]) -> Iterator[Dear]:
    """What no check finds and the hours show: idle and starting nodes, and work done again."""
    pools = [pool.pool_id for pool in spending.pools]
    free = [pool_id for pool_id in pools if folded(pool_id) not in idle]
    yield from _of_pools(
        spending,
        "nodes-without-task",
        free,
        _WITHOUT_TASK,
        "No task ran in {share} of the hours of {pools}.",
        "Let autoscale go down to no node",
    )
    yield from _of_pools(
        spending,
        "nodes-starting",
        pools,
        _STARTING,
        "Booting and start tasks took {share} of the hours of {pools}.",
        "Put what start tasks install into the image",
    )
    for job_id in spending.jobs:
        if folded(job_id) not in told:
            yield Dear(
                "work-repeated",
                Severity.INFO,
                Subject(job_ids=(job_id,)),
                "Its tasks ran again after runs that failed or were cut off.",
                (run(command_line("tasks", "failed", job=job_id), "See what fails first"),),
                spending.of_jobs([job_id], _AGAIN),
            )


def _of_pools(
    spending: Spending,
    kind: str,
    pool_ids: Sequence[str],
    purposes: frozenset[Purpose],
    sentence: str,
    advice: str,
) -> Iterator[Dear]:
    """Pools with the same trouble as one finding; what to type is about the largest of them."""
    amounts = {pool_id: spending.of_whole_pool(pool_id, purposes) for pool_id in pool_ids}
    large = sorted(
        (pool_id for pool_id, amount in amounts.items() if amount.length >= _FEWEST),
        key=lambda pool_id: (-amounts[pool_id].length, pool_id),
    )
    if not large:
        return
    whole = sum((spending.of_whole_pool(each, Purpose).length for each in large), Fraction())
    amount = sum((amounts[pool_id] for pool_id in large), Amount())
    most = f"{len(large):,} pools, most of them in {large[0]}"
    yield Dear(
        kind,
        Severity.INFO,
        Subject(pool_id=large[0] if len(large) == 1 else None),
        sentence.format(
            share=f"{float(amount.length / whole):.0%}",
            pools=f"pool {large[0]}" if len(large) == 1 else most,
        ),
        (run(command_line("pool", "diagnose", pool=large[0]), advice),),
        amount,
    )
