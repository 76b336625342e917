"""Checks of tasks that run: whether they hang, or are run again and again.

https://learn.microsoft.com/azure/batch/batch-job-task-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from batchdoctor.core.failures.signs import has_failed, run_time
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.preparing import PREPARING_CHECKS
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.names import same_id
from batchdoctor.core.nodes.boots import booted_again
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, Task, same
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say
from batchdoctor.core.text.wording import ago, listed, plural, span, verb

# Shorter runs are nobody's trouble, however short the others were.
LONG_RUN = timedelta(hours=3)
# So many times as long as half of the others took.
_HUNG_FACTOR = 10
# Fewer that ended are no measure.
_FEWEST_ENDED = 3
# More lost nodes tell no more.
_LOST_TOLD = 3
# Once is a node that went away.
_RERUN_OFTEN = 2
# Failures that pass are over by then.
_RETRIED_OFTEN = 5


def run_so_far(task: Task, at: datetime) -> timedelta:
    """How long a task has been running; nothing for one that is not."""
    started = task.execution_info.start_time if task.execution_info else None
    return at - started if started and same(task.state, "running") else timedelta()


def hung(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that run many times as long as others of their job took."""
    took = [
        length.total_seconds()
        for task in facts.ended
        if task.execution_info and not has_failed(task)
        for length in [run_time(task.execution_info)]
        if length is not None
    ]
    if len(took) < _FEWEST_ENDED:
        return
    usual = timedelta(seconds=median(took))
    limit = max(LONG_RUN, usual * _HUNG_FACTOR)
    tasks = [
        task
        for task in facts.running or ()
        if run_so_far(task, facts.at) > limit and not same_id(task.id, facts.manager_id)
    ]
    if not tasks:
        return
    tasks.sort(key=lambda task: -run_so_far(task, facts.at))
    longest = run_so_far(tasks[0], facts.at)
    times = longest / max(usual, timedelta(seconds=1))
    yield Finding(
        kind="task-hung",
        subject=_subject(facts, tasks),
        message=f"{plural(len(tasks), 'task')} {verb(len(tasks), 'runs', 'run')} for up to"
        f" {span(longest)}, {times:,.0f} times as long as half of the {len(took):,} that ended"
        f" ({span(usual)}): {listed(_ids(tasks))}.",
        evidence=(*_lost(facts, tasks), *_without_limit(facts, tasks)),
        advice=tuple(_look_at(facts, tasks[0])),
        stops=len(tasks),
    )


def _lost(facts: JobFacts, tasks: Sequence[Task]) -> Iterator[str]:
    """Of tasks whose node does not answer, nothing tells whether they run."""
    for task in tasks[:_LOST_TOLD]:
        node = _node_of(facts, task)
        if node and has_trait(node.state, Trait.OUT_OF_REACH):
            told = f"Node {node.id} of {task.id} is {node.state}"
            yield f"{told}: whether it still runs is not known."


def _without_limit(facts: JobFacts, tasks: Sequence[Task]) -> Iterator[str]:
    every = [task.constraints for task in tasks] + [facts.job.constraints]
    if not any(parse_duration(each.max_wall_clock_time) for each in every if each):
        yield "No maxWallClockTime is set, so nothing ends them."


def _look_at(facts: JobFacts, task: Task) -> Iterator[Step]:
    place, node = task.node_info, _node_of(facts, task)
    if node is None or not has_trait(node.state, Trait.OUT_OF_REACH):
        yield run(
            command_line("files", "tail", "stdout", job=facts.job.id, task=task.id),
            "See whether it still writes",
        )
    if place and place.pool_id and place.node_id:
        yield run(command_line("node", "show", place.node_id, pool=place.pool_id))
    yield run(
        command_line("task", "terminate", job=facts.job.id, task=task.id),
        "If it hangs, end it",
    )


def rerun(facts: JobFacts) -> list[Task]:
    """Unfinished tasks that the service put back into the queue more than once."""
    return [
        task
        for task in (*(facts.running or ()), *(facts.waiting or ()))
        if task.execution_info and (task.execution_info.requeue_count or 0) >= _RERUN_OFTEN
    ]


def run_again(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that the service starts again and again, which no retry counts."""
    tasks = rerun(facts)
    if not tasks:
        return
    most = max((task.execution_info.requeue_count or 0) for task in tasks if task.execution_info)
    nodes = [node for task in tasks if (node := _node_of(facts, task))]
    booted = list({node.id: node for node in nodes if booted_again(node, facts.at)}.values())
    yield Finding(
        kind="task-run-again",
        subject=_subject(facts, tasks),
        message=f"{plural(len(tasks), 'task')} ({listed(_ids(tasks))})"
        f" {verb(len(tasks), 'was', 'were')} put back into the queue and started again up to"
        f" {most} times by the service; each time it begins anew."
        f"{' Its node was booted shortly before.' if booted else ''}",
        evidence=tuple(_boots(facts, booted)),
        advice=(
            run(command_line("task", "show", job=facts.job.id, task=tasks[0].id)),
            *[run(command_line("node", "show", node.id, pool=node.pool_id)) for node in booted[:1]],
            say(
                "If the nodes go down under it, give it more memory and disk: a larger size, or"
                " fewer task slots on a node."
            ),
        ),
        stops=len(tasks),
    )


def retried(facts: JobFacts) -> Iterator[Finding]:
    """Unfinished tasks that failed many times and are tried again: nobody sees them fail."""
    tasks = [
        task
        for task in (*(facts.running or ()), *(facts.waiting or ()))
        if task.execution_info and (task.execution_info.retry_count or 0) >= _RETRIED_OFTEN
    ]
    if not tasks:
        return
    first = max(tasks, key=_retries)
    limits = {task.constraints.max_task_retry_count for task in tasks if task.constraints}
    endless = -1 in limits
    yield Finding(
        kind="task-run-again",
        subject=_subject(facts, tasks),
        message=f"{plural(len(tasks), 'task')} ({listed(_ids(tasks))}) failed and"
        f" {verb(len(tasks), 'was', 'were')} tried again up to {_retries(first)} times; each time"
        f" it begins anew{', and its retries have no limit' if endless else ''}.",
        evidence=("Until its last retry a task that fails counts as no failed one.",),
        advice=(
            run(command_line("files", "tail", "stderr", job=facts.job.id, task=first.id)),
            run(command_line("task", "show", job=facts.job.id, task=first.id)),
            run(
                command_line("task", "terminate", job=facts.job.id, task=first.id),
                "If it fails each time, end it, and submit it with a lower maxTaskRetryCount",
            ),
        ),
        stops=len(tasks),
    )


def _retries(task: Task) -> int:
    return (task.execution_info.retry_count or 0) if task.execution_info else 0


def _boots(facts: JobFacts, booted: Sequence[Node]) -> Iterator[str]:
    for node in booted[:3]:
        yield (
            f"Node {node.id} was allocated{ago(node.allocation_time, facts.at)} and booted"
            f"{ago(node.last_boot_time, facts.at)}: the task may take its node down, by memory or"
            " disk."
        )
    if not booted:
        yield "A node that was preempted, rebooted or lost puts its tasks back into the queue."


def _node_of(facts: JobFacts, task: Task) -> Node | None:
    place = task.node_info.node_id if task.node_info else None
    nodes = (facts.pool.nodes or ()) if facts.pool else ()
    return next((node for node in nodes if same_id(node.id, place)), None)


def _subject(facts: JobFacts, tasks: Sequence[Task]) -> Subject:
    return Subject(pool_id=facts.pool_id, job_ids=(facts.job.id,), task_ids=tuple(_ids(tasks)))


def _ids(tasks: Sequence[Task]) -> list[str]:
    return [task.id for task in tasks]


RUNNING_CHECKS = (hung, *PREPARING_CHECKS, run_again, retried)
