"""The noun `task`: the whole story of one task."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import MOST, MessagesFile
from batchdoctor.core.checked import Span
from batchdoctor.core.names import TaskName
from batchdoctor.errors import (
    ExitCode,
    UsageError,
    worst,
)
from batchdoctor.report.task_story import TaskPage
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.diagnosis.story import read_story
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading

app = noun("task")

_LINES = 10


@command(app, "show", live=True, watched=True)
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
        int, typer.Option(help="Show this many lines of stderr.", min=0, max=MOST, metavar="N")
    ] = _LINES,
    messages: MessagesFile = None,
) -> int:
    """The whole story of one task: what happened, why, where, and what to type next.

    Example: batchdoctor task show --job nightly --task frame-7
    """
    job_id, task_id = task_name(name, job, task)
    known = messages_for(call.world.environ, messages)
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        story = read_story(reading, TaskName(job_id, task_id), lines)
        head = call.head(client, at=story.at, span=Span(story.task.creation_time, story.at))
        call.write(TaskPage(head, story, reading.problems).document())
        call.finish(reading)
        tell_unended(call.journal(client), [f"{job_id}/{task_id}"])
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
