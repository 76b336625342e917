"""The noun `task`: the whole story of one task, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import JobCare
from batchdoctor.cli.options import MOST, MessagesFile, expanded_words, named
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
_TWO_NAMES = 2


@command(app, "show", live=True, watched=True)
def show(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(
            help="JOB/TASK, or JOB TASK, instead of the options; - reads it.",
            metavar="[JOB/TASK]",
        ),
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
    asked = task_name(expanded_words(name or (), call.world), job, task)
    known = messages_for(call.world.environ, messages)
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        story = read_story(reading, asked, lines)
        head = call.head(client, at=story.at, span=Span(story.task.creation_time, story.at))
        call.write(TaskPage(head, story, reading.problems).document())
        call.finish(reading)
        tell_unended(call.journal(client), [f"{asked.job_id}/{asked.task_id}"])
    return worst([reading.status, ExitCode.OK])


def task_name(words: Sequence[str], job: str | None, task: str | None) -> TaskName:
    """The task that arguments or options name, as JOB/TASK or as JOB and TASK. UsageError."""
    both = "give JOB/TASK, or --job and --task"
    whole = len(words) == 1 and "/" in words[0]
    if (words and task) or (whole and job) or len(words) + bool(job) > _TWO_NAMES:
        raise UsageError("The task is named twice.", hint=both)
    if len(words) == _TWO_NAMES:
        if any("/" in word for word in words):
            raise UsageError("This takes one task only.", hint="name a single JOB/TASK")
        job, word = words
    else:
        word = words[0] if words else task or ""
    if not job and "/" in word:
        job, _, word = word.partition("/")
    if not job or not word:
        raise UsageError("The task is not named in full.", hint=both)
    return TaskName(job, word)


@command(app, "terminate", live=True)
def terminate(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="JOB/TASK, or TASK with --job; - reads them.", metavar="[TASK]..."),
    ] = None,
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="Job of the tasks.", metavar="JOB")
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task", "--task-id", help="The task, or JOB/TASK.", metavar="TASK"),
    ] = None,
    *,
    care: JobCare,
) -> int:
    """End tasks that hang or should not run, as failed.

    Example: batchdoctor task terminate nightly/frame-7
    """
    # What the story of a task has no use for.
    from batchdoctor.cli.commands.job_change import change_jobs, task_names
    from batchdoctor.work.changes.job_actions import TERMINATE_TASK

    names = task_names(named(name, task, call.world), job)
    return change_jobs(call, TERMINATE_TASK, names, "", care)
