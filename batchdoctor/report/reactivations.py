"""Failed tasks that are run again, as a document: each as it was, then what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.changed import (
    ReactivatedTask,
    TaskOutcome,
    reactivated_task,
    reactivation_counts,
)
from batchdoctor.core.changes import Outcome, Reactivation
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run
from batchdoctor.errors import ExitCode
from batchdoctor.report.changes import OUTCOME_TONES, outcome_verdict
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.failure_page import failure_columns
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Steps, Tone


class Reactivations(msgspec.Struct):
    """The answer of `tasks reactivate`, made while the tasks are queued again."""

    head: Head
    steps: Iterator[Reactivation]
    problems: Sequence[Problem]
    saved: int = 0
    counts: dict[Outcome, int] = msgspec.field(default_factory=dict)
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    jobs: dict[str, None] = msgspec.field(default_factory=dict)

    def document(self) -> Document[ReactivatedTask]:
        """Every task twice: saved as it was, before anything is changed, and what became of it."""
        return Document(
            head=self.head,
            item_type=ReactivatedTask,
            items=self._items(),
            ending=self._ending,
            name_of=_name_once,
            columns=_columns(self.head),
        )

    def _items(self) -> Iterator[ReactivatedTask]:
        for step in self.steps:
            if step.change is None:
                self.saved += 1
            else:
                outcome = step.change.outcome
                self.counts[outcome] = self.counts.get(outcome, 0) + 1
                self.statuses.append(step.change.status)
                self.jobs[step.failure.job_id] = None
            yield reactivated_task(step)

    def _ending(self) -> Ending:
        return Ending(
            summary=reactivation_counts(self.saved, self.counts),
            problems=self.problems,
            page=self._page(),
            verdict=outcome_verdict(self.counts, "task", done="queued again"),
        )

    def _page(self) -> Sequence[Block]:
        if not self.counts.keys() & {Outcome.DONE, Outcome.UNKNOWN}:
            return ()
        see = [run(command_line("job", "diagnose", job), "To see how it goes") for job in self.jobs]
        return (Steps("Next", see),)


def _name_once(item: ReactivatedTask) -> str | None:
    """The name of a task where it is told what became of it; it was told as it was before."""
    return None if item.outcome is TaskOutcome.SAVED else item.name


def _columns(head: Head) -> tuple[Column[ReactivatedTask], ...]:
    _, why, task, *rest = failure_columns(head.generated_at)
    return (
        Column("OUTCOME", lambda item: item.outcome.value, tone_of=_tone),
        why,
        task,
        *rest,
        Column("MESSAGE", lambda item: item.outcome_message or "", lead=False),
    )


def _tone(word: str) -> Tone:
    return Tone.QUIET if word == TaskOutcome.SAVED else OUTCOME_TONES[Outcome(word)]
