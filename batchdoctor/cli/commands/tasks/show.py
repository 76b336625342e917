"""`task show`: the whole story of one task."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.tasks.names import task_name
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import (
    MOST,
    FailOnAny,
    JobOption,
    MessagesFile,
    TaskOption,
    expanded_words,
)
from batchdoctor.core.checked import Span
from batchdoctor.errors import ExitCode, worst
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
        list[str] | None,
        typer.Argument(
            help="JOB/TASK, or JOB TASK, instead of the options; - reads it.",
            metavar="[JOB/TASK]",
        ),
    ] = None,
    job: JobOption = None,
    task: TaskOption = None,
    lines: Annotated[
        int, typer.Option(help="Show this many lines of stderr.", min=0, max=MOST, metavar="N")
    ] = _LINES,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
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
    found = ExitCode.FINDINGS if fail_on and story.failure else ExitCode.OK
    return worst([reading.status, found])
