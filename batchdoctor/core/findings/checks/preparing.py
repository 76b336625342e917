"""Checks of tasks that are being prepared for longer than downloads and images take.

https://learn.microsoft.com/azure/batch/batch-job-prep-release
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.names import same_id
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, PreparationTaskExecution, Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.wording import listed, plural, since, span, verb

# Downloads and images take minutes; a preparation of more than this has a reason.
LONG_PREPARATION = timedelta(minutes=30)
# Where it took a tenth of that on other nodes, a shorter one has a reason, too.
_SLOW_PREPARATION = timedelta(minutes=10)
_SLOW_FACTOR = 5

_Running = tuple[str, PreparationTaskExecution]


def preparing(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that are being prepared for longer than downloads and images take."""
    still, usual = _still_preparing(facts), _usual_time(facts)
    slow = {node for node, info in still if _is_slow(facts, info, usual)}
    tasks = [task for task in facts.running or () if _too_long(facts, task, slow)]
    if not tasks:
        return
    first = min(task.state_transition_time for task in tasks if task.state_transition_time)
    nodes = list(dict.fromkeys(node for node, _ in still))
    yield Finding(
        kind="tasks-preparing",
        subject=Subject(
            pool_id=facts.pool_id,
            node_ids=tuple(nodes),
            job_ids=(facts.job.id,),
            task_ids=tuple(task.id for task in tasks),
        ),
        message=f"{plural(len(tasks), 'task')} ({listed([task.id for task in tasks])})"
        f" {verb(len(tasks), 'is', 'are')} being prepared{since(first, facts.at)}:"
        f" {_why(facts, tasks, nodes)}{_elsewhere(usual) if slow else ''}.",
        evidence=tuple(_evidence(facts, tasks, still)),
        advice=tuple(_steps(facts, tasks, still)),
        stops=len(tasks) + facts.active,
    )


def _too_long(facts: JobFacts, task: Task, slow: set[str]) -> bool:
    begun = task.state_transition_time
    if begun is None or not same(task.state, "preparing"):
        return False
    place = task.node_info.node_id if task.node_info else None
    return facts.at - begun > LONG_PREPARATION or place in slow


def _why(facts: JobFacts, tasks: Sequence[Task], nodes: Sequence[str]) -> str:
    """What holds them up, as far as is known."""
    if nodes:
        return f"the preparation task still runs on {listed(nodes)}"
    lost = _lost_nodes(facts, tasks)
    if lost:
        states = sorted({str(node.state).lower() for node in lost})
        names = listed([node.id for node in lost])
        return f"{names} {verb(len(lost), 'is', 'are')} {' or '.join(states)}"
    whose = "its" if len(tasks) == 1 else "their"
    files = f"{whose} files, packages or container image do not arrive"
    if not _preparations_known(facts):
        return f"its preparation task hangs or {files}; which of these is not known"
    if any(task.multi_instance_settings for task in tasks):
        return f"{files}, or a coordination command does not end on all of the nodes"
    return files


def _elsewhere(usual: timedelta | None) -> str:
    return f", which took {span(usual)} elsewhere" if usual is not None else ""


def _preparations_known(facts: JobFacts) -> bool:
    """Whether it is known that no preparation task holds a task up."""
    if facts.job.job_preparation_task is None:
        return True
    return facts.preparations is not None and not facts.preparations_partial


def _lost_nodes(facts: JobFacts, tasks: Sequence[Task]) -> list[Node]:
    """Nodes of these tasks on which nothing goes on any more."""
    places = [task.node_info.node_id for task in tasks if task.node_info]
    return [
        node
        for node in (facts.pool.nodes or () if facts.pool else ())
        if any(same_id(node.id, place) for place in places)
        and (has_trait(node.state, Trait.OUT_OF_REACH) or has_trait(node.state, Trait.GOES))
    ]


def _still_preparing(facts: JobFacts) -> list[_Running]:
    """Nodes on which the preparation task runs, the longest first."""
    found = [
        (status.node_id, info)
        for status in facts.preparations or ()
        if status.node_id
        and (info := status.job_preparation_task_execution_info)
        and same(info.state, "running")
    ]
    return sorted(found, key=lambda each: _stamp(each[1].start_time))


def _usual_time(facts: JobFacts) -> timedelta | None:
    """How long it took on half of the nodes on which it ended well; None if on fewer than two."""
    took = [
        (info.end_time - info.start_time).total_seconds()
        for status in facts.preparations or ()
        if (info := status.job_preparation_task_execution_info)
        and same(info.result, "success")
        and info.start_time
        and info.end_time
    ]
    return timedelta(seconds=median(took)) if len(took) > 1 else None


def _is_slow(facts: JobFacts, info: PreparationTaskExecution, usual: timedelta | None) -> bool:
    if usual is None or info.start_time is None:
        return False
    return facts.at - info.start_time > max(_SLOW_PREPARATION, usual * _SLOW_FACTOR)


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _evidence(facts: JobFacts, tasks: Sequence[Task], still: Sequence[_Running]) -> Iterator[str]:
    for node, info in still[:3]:
        yield f"On {node} it runs{since(info.start_time, facts.at)}."
    if not still and not _lost_nodes(facts, tasks):
        yield (
            "Before it runs, a task waits for its resource files, application packages and"
            " container image."
        )
        if facts.job.job_preparation_task is not None and _preparations_known(facts):
            yield "The preparation task runs on no node, so it is not that."
    yield "The nodes cost money meanwhile."


def _steps(facts: JobFacts, tasks: Sequence[Task], still: Sequence[_Running]) -> Iterator[Step]:
    for node, info in still[:1]:
        if info.task_root_directory and facts.pool_id:
            path = f"{info.task_root_directory}/stdout.txt".replace("\\", "/")
            yield run(
                command_line("files", "get", path, pool=facts.pool_id, node=node),
                "See how far it came",
            )
        if facts.pool_id:
            yield run(command_line("node", "show", node, pool=facts.pool_id))
    if not still:
        lost = _lost_nodes(facts, tasks)
        if not lost:
            yield run(command_line("task", "show", job=facts.job.id, task=tasks[0].id))
        place = lost[0] if lost else None
        node_info = tasks[0].node_info
        node_id = place.id if place else (node_info.node_id if node_info else None)
        pool_id = (node_info.pool_id if node_info else None) or facts.pool_id
        if pool_id and node_id:
            yield run(command_line("node", "show", node_id, pool=pool_id))


PREPARING_CHECKS = (preparing,)
