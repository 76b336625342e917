"""Checks of tasks that wait beside idle nodes: can this pool run them, and what is ruled out?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.failures.dependency import dependency_ids
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.multi_instance import (
    MULTI_INSTANCE_CHECKS,
    WAITS_LONG,
    instances,
    waits_long,
)
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.records import Node, Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run, say
from batchdoctor.core.text.wording import listed, plural, since, verb


def parallel_limit(facts: JobFacts) -> Iterator[Finding]:
    """A job that runs as many tasks as it allows itself, while more wait."""
    if facts.counts and at_parallel_limit(facts):
        most = facts.job.max_parallel_tasks
        yield Finding(
            kind="parallel-limit",
            subject=_subject(facts, ()),
            message=f"{plural(facts.active, 'task')} {verb(facts.active, 'waits', 'wait')}, since"
            f" the job runs no more than {most} at once (maxParallelTasks).",
            advice=(say("Raise maxParallelTasks if the pool has room for more of them."),),
        )


def at_parallel_limit(facts: JobFacts) -> bool:
    """Whether the job's own limit keeps its tasks waiting."""
    most = facts.job.max_parallel_tasks or -1
    return bool(facts.active and facts.counts and 0 < most <= facts.counts.running)


def stranded(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that wait for long although nodes of their pool have nothing to do."""
    if not may_be_stranded(facts) or facts.pool is None:
        return
    idle = _idle_nodes(facts.pool)
    tasks = _free_to_run(facts, len(idle))
    if not tasks or not idle:
        return
    yield Finding(
        kind="tasks-stranded",
        subject=_subject(facts, tasks),
        message=f"{plural(len(tasks), 'task')} {verb(len(tasks), 'waits', 'wait')}"
        f"{_age(facts, tasks)}, and {plural(len(idle), 'node')} of the pool"
        f" {verb(len(idle), 'is', 'are')} idle.",
        evidence=(
            f"The first of them: {listed(_ids(tasks)[:3])}.",
            f"Idle: {listed([node.id for node in idle])}.",
            f"Ruled out: {listed(tuple(_ruled_out(facts)))}.",
            "Left: an affinity to a node that is busy or gone, a job preparation that does not end,"
            " or the service itself.",
        ),
        advice=(
            run(command_line("task", "show", job=facts.job.id, task=tasks[0].id)),
            run(command_line("node", "show", idle[0].id, pool=facts.pool_id)),
            run(
                command_line("node", "reboot", idle[0].id, pool=facts.pool_id),
                "If nothing explains it, see whether a fresh node takes tasks",
            ),
        ),
        stops=len(tasks),
    )


def may_be_stranded(facts: JobFacts) -> bool:
    """Whether tasks of an active job wait, and no other check explains it."""
    if not facts.waiting or not same(facts.job.state, "active") or at_parallel_limit(facts):
        return False
    prepared = facts.preparations or ()
    return not any(
        (info := status.job_preparation_task_execution_info)
        and (same(info.result, "failure") or same(info.state, "running"))
        for status in prepared
    )


def _free_to_run(facts: JobFacts, idle: int) -> list[Task]:
    """Waiting tasks that nothing in them keeps from running on idle nodes, and that wait long."""
    slots = (facts.pool.pool.task_slots_per_node if facts.pool else None) or 1
    return [
        task
        for task in facts.waiting or ()
        if not any(dependency_ids(task))
        and (instances(task) == 0 or (slots == 1 and instances(task) <= idle and _coupled(facts)))
        and (task.required_slots or 1) <= slots
        and waits_long(facts, task)
    ]


def _coupled(facts: JobFacts) -> bool:
    return bool(facts.pool and facts.pool.pool.enable_inter_node_communication)


def _idle_nodes(pool: PoolFacts) -> list[Node]:
    """Nodes that take tasks and have had none for long."""
    return [
        node
        for node in pool.nodes or ()
        if same(node.state, "idle")
        and not same(node.scheduling_state, "disabled")
        and node.state_transition_time
        and pool.at - node.state_transition_time > WAITS_LONG
    ]


def _ruled_out(facts: JobFacts) -> Iterator[str]:
    slots = (facts.pool.pool.task_slots_per_node if facts.pool else None) or 1
    yield f"slots (a node has {slots})"
    yield "dependencies"
    yield "multiInstanceSettings"
    yield "maxParallelTasks"
    yield "nodes taken out of scheduling"
    if facts.job.job_preparation_task is None:
        yield "a preparation task"
    elif facts.preparations is not None and not facts.preparations_partial:
        yield "a preparation task that failed or still runs"


def _age(facts: JobFacts, tasks: Sequence[Task]) -> str:
    moments = [task.state_transition_time for task in tasks if task.state_transition_time]
    return since(min(moments, default=None), facts.at)


def _subject(facts: JobFacts, tasks: Sequence[Task]) -> Subject:
    return Subject(pool_id=facts.pool_id, job_ids=(facts.job.id,), task_ids=tuple(_ids(tasks)))


def _ids(tasks: Sequence[Task]) -> list[str]:
    return [task.id for task in tasks]


FITTING_CHECKS = (*MULTI_INSTANCE_CHECKS, parallel_limit, stranded)
