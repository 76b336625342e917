"""Reads two tasks to be compared; the other one is looked for where nobody names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.facts import (
    JOB_MEMBERS,
    NODE_MEMBERS,
    TASK_MEMBERS,
    Fact,
    Key,
    facts_of,
)
from batchdoctor.core.comparison.runs import Cause
from batchdoctor.core.comparison.steady import Steadying
from batchdoctor.core.comparison.tasks import TaskSide, compared_two_tasks
from batchdoctor.core.failures.by_message import spoken_line
from batchdoctor.core.failures.failure import Failure, failure_of, never_ran
from batchdoctor.core.failures.signs import has_failed, run_time
from batchdoctor.core.failures.template import template
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.records import Node, Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError, UsageError
from batchdoctor.service.originals import Originals
from batchdoctor.work.comparison.job_side import is_as_then, pool_facts, read_named
from batchdoctor.work.comparison.jobs import find_partner
from batchdoctor.work.files.said import Said, said_and_meant
from batchdoctor.work.reading.reading import Reading

Facts = Mapping[Key, Fact]
Document = Mapping[str, Any]
_NUMBERS = re.compile(r"[0-9]+")


def compare_tasks(reading: Reading, name: TaskName, other: TaskName | None) -> Comparison:
    """Compare a task with another one, or with the same one of a job that went well.

    Raises NotFoundError for a task that is not there, and where there is none to compare with.
    """
    if other is not None and other.key == name.key:
        raise UsageError(f"{name} cannot differ from itself.", hint="name two tasks")
    document = _document(reading, name)
    chosen = None
    if other is None:
        other, chosen = _partner(reading, name)
    sides = _side(reading, other, _document(reading, other)), _side(reading, name, document)
    then, now = sides
    if then.created and now.created and now.created < then.created:
        then, now = now, then
    return compared_two_tasks(then, now, chosen)


def _document(reading: Reading, name: TaskName) -> Document:
    document = Originals(reading.client).task(name.job_id, name.task_id)
    reading.begun = True
    return document


def _partner(reading: Reading, name: TaskName) -> tuple[TaskName, str]:
    """The task of the same id in the job to compare with."""
    partner = find_partner(reading, read_named(reading, name.job_id).job)
    if partner.job is None:
        raise NotFoundError(
            f"There is nothing to compare {name} with: {partner.why}.",
            hint=command_line("compare", "tasks", str(name), "JOB/TASK"),
        )
    return TaskName(partner.job.id, name.task_id), f"of {partner.why}"


def _side(reading: Reading, name: TaskName, document: Document) -> TaskSide:
    task = msgspec.convert({**document, "jobId": name.job_id}, Task)
    run, where = task.execution_info, task.node_info
    node = (
        NodeName(where.pool_id, where.node_id)
        if where and where.pool_id and where.node_id
        else None
    )
    took = run_time(run) if run else None
    job = read_named(reading, name.job_id)
    steady = Steadying([name.job_id])
    cause, line = _cause(reading, task) if has_failed(task) else (None, None)
    return TaskSide(
        name=TaskName(job.job.id, task.id),
        created=task.creation_time,
        ended=same(task.state, "completed"),
        cause=cause,
        line=line,
        seconds=took.total_seconds() if took is not None else None,
        retries=(run.retry_count or 0) if run else 0,
        node=node,
        facts=facts_of(document, TASK_MEMBERS, steady),
        numbered=facts_of(document, TASK_MEMBERS, _numbered(name)),
        job=facts_of(job.document, JOB_MEMBERS, steady),
        pool=pool_facts(reading, node.pool_id) if node else None,
        node_facts=_node_facts(reading, node, task) if node else None,
    )


def _numbered(name: TaskName) -> Steadying:
    """Takes out what is of the task alone: its id, and the numbers in it."""
    numbers = _NUMBERS.findall(name.task_id)
    bare = [each.lstrip("0") or "0" for each in numbers]
    return Steadying([name.job_id, name.task_id], [*numbers, *bare])


def _cause(reading: Reading, task: Task) -> tuple[Cause, str | None]:
    """Why a task failed, by its words where they can be had, and the line that tells it."""
    failure = failure_of(task)
    said = _said(reading, failure)
    spoken = spoken_line(failure, said.lines, said.cause, said.place)
    message = template(spoken.line) if spoken.line else None
    return Cause(failure.code, failure.exit_code, message), spoken.line


def _said(reading: Reading, failure: Failure) -> Said:
    if never_ran(failure):
        return Said()
    said = said_and_meant(reading, failure.job_id, failure.task_id)
    if said.error and not isinstance(said.error, NotFoundError | StateError):
        reading.remember(f"words of {failure.job_id}/{failure.task_id}", said.error)
    return said


def _node_facts(reading: Reading, name: NodeName, task: Task) -> Facts | None:
    """What the node is made of; None where it is gone, or may have been another one then."""
    try:
        document = Originals(reading.client).node(name.pool_id, name.node_id)
    except NotFoundError:
        return None
    except BatchdoctorError as error:
        reading.remember(f"node {name}", error)
        return None
    began = task.execution_info.start_time if task.execution_info else None
    if not is_as_then(msgspec.convert(document, Node), began):
        return None
    return facts_of(document, NODE_MEMBERS, Steadying([name.pool_id, name.node_id]))
