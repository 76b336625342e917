"""Changes to jobs and tasks as a document: one item for each that was to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.changed import ChangedJob, changed_job, outcome_counts
from batchdoctor.core.changes import JobChange, Outcome
from batchdoctor.core.names import TaskName
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import ExitCode
from batchdoctor.report.changes import OUTCOME_TONES, outcome_verdict
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Commands

_BEGUN = (Outcome.DONE, Outcome.UNFINISHED, Outcome.UNKNOWN)


class JobChanges(msgspec.Struct):
    """The answer of a command that changes jobs or tasks, made while the changes happen.

    `back` is the verb that takes the change back, where there is one.
    """

    head: Head
    noun: str
    changes: Iterator[JobChange]
    problems: Sequence[Problem] = ()
    back: str | None = None
    counts: dict[Outcome, int] = msgspec.field(default_factory=dict)
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    begun: list[str | TaskName] = msgspec.field(default_factory=list)
    """What was changed, or may have been."""

    def document(self) -> Document[ChangedJob]:
        """Every job or task as an item."""
        return Document(
            head=self.head,
            item_type=ChangedJob,
            items=map(changed_job, self._counted()),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=(
                Column(
                    "OUTCOME",
                    lambda item: item.outcome.value,
                    tone_of=lambda word: OUTCOME_TONES[Outcome(word)],
                ),
                Column("JOB" if self.noun == "job" else "JOB/TASK", lambda item: item.name),
                Column("MESSAGE", lambda item: item.message, lead=False),
            ),
        )

    def _counted(self) -> Iterator[JobChange]:
        for change in self.changes:
            self.counts[change.outcome] = self.counts.get(change.outcome, 0) + 1
            self.statuses.append(change.status)
            if change.outcome in _BEGUN:
                self.begun.append(change.name)
            yield change

    def _ending(self) -> Ending:
        return Ending(
            summary=outcome_counts(self.counts),
            problems=self.problems,
            page=self._next(),
            verdict=outcome_verdict(self.counts, self.noun),
        )

    def _next(self) -> Sequence[Block]:
        if not self.begun:
            return ()
        first = self.begun[0]
        if isinstance(first, TaskName):
            look = command_line("task", "show", job=first.job_id, task=first.task_id)
            return (Commands("Next", [("How it goes:", look)]),)
        rows = [("How it goes:", self._about("jobs", "list"))]
        if self.back:
            rows.append(("The way back:", self._about(self.noun, self.back)))
        return (Commands("Next", rows),)

    def _about(self, *words: str) -> str:
        """A command line about the jobs that were changed."""
        jobs = (command_line(job=str(job)).removeprefix("batchdoctor") for job in self.begun)
        return command_line(*words) + "".join(jobs)
