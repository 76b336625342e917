"""A job that counts logs as a document: each of its tasks as an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from batchdoctor.core.changes import Outcome
from batchdoctor.core.log.submitted import SubmitSummary, SubmittedTask
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.changes import OUTCOME_TONES
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Commands

_COLUMNS: tuple[Column[SubmittedTask], ...] = (
    Column(
        "OUTCOME",
        lambda task: task.outcome.value,
        tone_of=lambda word: OUTCOME_TONES[Outcome(word)],
    ),
    Column("JOB/TASK", lambda task: task.name),
    Column("LOGS", lambda task: f"{task.logs:,}" if task.logs else "", right=True),
    Column("SIZE", lambda task: size_text(task.bytes) if task.logs else "", right=True),
    Column("WAITS FOR", lambda task: plural(task.depends_on, "task") if task.depends_on else ""),
)


def submission_document(
    head: Head, items: Iterator[SubmittedTask], summary: Callable[[], SubmitSummary]
) -> Document[SubmittedTask]:
    """Every task of the job as an item."""
    return Document(
        head=head,
        item_type=SubmittedTask,
        items=items,
        ending=lambda: _ending(summary()),
        name_of=lambda task: task.name,
        columns=_COLUMNS,
    )


def _ending(summary: SubmitSummary) -> Ending:
    tasks = plural(summary.maps + summary.reduces + 1, "task")
    told = {
        Outcome.PLANNED: f"Nothing was made: job {summary.job_id} would have {tasks}.",
        Outcome.ALREADY: f"The job {summary.job_id} was there already, with {tasks}.",
    }
    return Ending(
        summary=summary,
        problems=(),
        page=() if summary.outcome is Outcome.PLANNED else _next(summary),
        verdict=told.get(summary.outcome, f"The job {summary.job_id} was made, with {tasks}."),
    )


def _next(summary: SubmitSummary) -> tuple[Block, ...]:
    wait = command_line("wait", "job", summary.job_id)
    answer = f"{command_line('events', 'reduce', summary.place)} --final"
    return (Commands("Next", [("When it is done:", wait), ("What the logs say:", answer)]),)
