"""The noun `task`: the whole story of one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.errors import (
    BatchdoctorError,
    ExitCode,
    NotFoundError,
    StateError,
    UsageError,
    worst,
)

if TYPE_CHECKING:
    from datetime import datetime

    from batchdoctor.core.failures.task_story import NodeFate, TaskStory
    from batchdoctor.core.records import Node, Task
    from batchdoctor.work.reading.reading import Reading

app = noun("task", "Look at one task.")

_LINES = 10


@command(app, "show", live=True)
def show(
    call: Call,
    name: Annotated[
        str | None, typer.Argument(help="JOB/TASK, instead of the options.", metavar="[JOB/TASK]")
    ] = None,
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="Job of the task.", metavar="JOB")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option("--task", "--task-id", help="The task, or JOB/TASK.", metavar="TASK"),
    ] = None,
    lines: Annotated[
        int, typer.Option(help="Show this many lines of stderr.", min=0, metavar="N")
    ] = _LINES,
) -> int:
    """The whole story of one task: what happened, why, where, and what to type next.

    Example: batchdoctor task show --job nightly --task frame-7
    """
    from batchdoctor.report.head import Head
    from batchdoctor.report.task_story import TaskPage
    from batchdoctor.work.reading.reading import Reading

    job_id, task_id = task_name(name, job, task)
    now = call.world.now()
    with call.client() as client:
        reading = Reading(call.world, client)
        story = _read(reading, job_id, task_id, lines, now)
        head = Head(call.command, client.account.host, now)
        call.write(TaskPage(head, story, reading.problems).document())
        reading.finish()
    return worst([reading.status, ExitCode.OK])


def task_name(name: str | None, job: str | None, task: str | None) -> tuple[str, str]:
    """Job and task from an argument or from options. Raises UsageError."""
    if name and (job or task):
        raise UsageError("The task is named twice.", hint="give JOB/TASK, or --job and --task")
    word = name or task or ""
    if not job and "/" in word:
        job, _, word = word.partition("/")
    if not job or not word:
        raise UsageError(
            "The task is not named in full.", hint="give JOB/TASK, or --job and --task"
        )
    return job, word


def _read(reading: Reading, job_id: str, task_id: str, lines: int, now: datetime) -> TaskStory:
    from batchdoctor.core.failures.failure import failure_of, never_ran
    from batchdoctor.core.failures.signs import has_failed
    from batchdoctor.core.failures.task_story import TaskStory
    from batchdoctor.core.nodes.then import state_then
    from batchdoctor.work.files.last_lines import stderr_tail

    task = reading.client.task(job_id, task_id)
    reading.begun = True
    node, fate = _node_of(reading, task)
    failure = None
    ended = task.execution_info.end_time if task.execution_info else None
    if has_failed(task):
        failure = failure_of(
            task,
            job_terminate_reason=_end_of_job(reading, job_id),
            node_state=state_then(node, ended),
        )
    ran = task.execution_info is not None and task.execution_info.start_time is not None
    unborn = failure is not None and never_ran(failure)
    wrote = ran and not unborn and lines
    tail = stderr_tail(reading.client, job_id, task_id, lines) if wrote else None
    return TaskStory(
        task=task,
        at=now,
        failure=failure,
        node=node,
        fate=fate,
        stderr=tail.lines if tail else None,
        stderr_problem=_problem(reading, tail.error) if tail and tail.error else None,
        never_ran=unborn,
    )


def _node_of(reading: Reading, task: Task) -> tuple[Node | None, NodeFate | None]:
    """The node that a task ran on, and what became of it."""
    from batchdoctor.core.failures.task_story import NodeFate, fate_of

    where = task.node_info
    if where is None or not where.pool_id or not where.node_id:
        return None, None
    try:
        node = reading.client.node(where.pool_id, where.node_id)
    except NotFoundError:
        return None, fate_of(task, None)
    except BatchdoctorError as error:
        reading.remember(f"node {where.pool_id}/{where.node_id}", error)
        return None, NodeFate.UNKNOWN
    fate = fate_of(task, node)
    return (node if fate is NodeFate.PRESENT else None), fate


def _end_of_job(reading: Reading, job_id: str) -> str | None:
    """Why the job ended, which may be why the task did."""
    from batchdoctor.work.reading.listings import only

    for job in reading.each(f"job {job_id}", only(reading.client.job, job_id)):
        return job.execution_info.terminate_reason if job.execution_info else None
    return None


def _problem(reading: Reading, error: BatchdoctorError) -> str:
    """Why there is no stderr; files that are gone are part of the story rather than trouble."""
    if not isinstance(error, NotFoundError | StateError):
        reading.remember("stderr", error)
    return error.message
