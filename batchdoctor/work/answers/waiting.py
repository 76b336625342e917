"""Answers that are waited for: a job, a pool, a node or a task as it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from batchdoctor.core.answer import Answer
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.waits.condition import Noun, conditions_of
from batchdoctor.core.waits.item import Target, WaitItem
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.waits.wait import Wait, Wanted


def waited(
    asking: Asking,
    noun: str,
    name: str | NodeName | TaskName,
    until: str | Sequence[str],
    *,
    timeout: timedelta | None,
    settle: timedelta | None,
) -> Answer[WaitItem]:
    """Wait until it is so, can never be so, or the time is over."""
    reading = asking.reading()
    target = _target(Noun(noun), name)
    texts = [until] if isinstance(until, str) else until
    wanted = Wanted(
        target=target,
        conditions=conditions_of(target.noun, texts),
        limit_seconds=timeout.total_seconds() if timeout is not None else None,
        settle_seconds=settle.total_seconds() if settle is not None else None,
    )
    wait = Wait(asking.outside, asking.client, wanted)
    item = wait.end()
    reading.problems.extend(wait.problems)
    return asking.answer(reading, [item])


def _target(noun: Noun, name: str | NodeName | TaskName) -> Target:
    match noun:
        case Noun.JOB:
            return Target(noun=noun, job_id=str(name))
        case Noun.POOL:
            return Target(noun=noun, pool_id=str(name))
        case Noun.NODE:
            node = NodeName.of(name if isinstance(name, NodeName) else str(name))
            return Target(noun=noun, pool_id=node.pool_id, node_id=node.node_id)
        case Noun.TASK:
            task = TaskName.of(name if isinstance(name, TaskName) else str(name))
            return Target(noun=noun, job_id=task.job_id, task_id=task.task_id)
