"""Failed tasks that are run again, as a document: each as it was, then what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.changes import Outcome, Reactivation
from batchdoctor.core.problem import Problem
from batchdoctor.errors import ExitCode
from batchdoctor.report.changes import OUTCOME_TONES, outcome_verdict
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.failure_page import failure_columns
from batchdoctor.report.failures import KEYS as FAILURE_KEYS
from batchdoctor.report.failures import failure_item, task_name
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column, Tone

SAVED = "saved"
KEYS = ("outcome", "outcomeMessage", "outcomeCode", "requestId", *FAILURE_KEYS)


class Reactivations(msgspec.Struct):
    """The answer of `tasks reactivate`, made while the tasks are queued again."""

    head: Head
    steps: Iterator[Reactivation]
    problems: Sequence[Problem]
    saved: int = 0
    counts: dict[Outcome, int] = msgspec.field(default_factory=dict)
    statuses: list[ExitCode] = msgspec.field(default_factory=list)

    def document(self) -> Document:
        """Every task twice: saved as it was, before anything is changed, and what became of it."""
        return Document(
            head=self.head,
            keys=KEYS,
            items=self._items(),
            ending=self._ending,
            name_of=_name_once,
            columns=_columns(self.head),
        )

    def _items(self) -> Iterator[Item]:
        for step in self.steps:
            if step.outcome is None:
                self.saved += 1
            else:
                self.counts[step.outcome] = self.counts.get(step.outcome, 0) + 1
                self.statuses.append(step.status)
            yield {
                "outcome": step.outcome.value if step.outcome else SAVED,
                "outcomeMessage": step.message or None,
                "outcomeCode": step.code,
                "requestId": step.request_id,
                **failure_item(step.failure),
            }

    def _ending(self) -> Ending:
        counts = {outcome.value: self.counts.get(outcome, 0) for outcome in Outcome}
        return Ending(
            summary={SAVED: self.saved, **counts},
            problems=self.problems,
            page=(),
            verdict=outcome_verdict(self.counts, "task", done="queued again"),
        )


def _name_once(item: Item) -> str | None:
    """The name of a task where it is told what became of it; it was told as it was before."""
    return None if item["outcome"] == SAVED else task_name(item)


def _columns(head: Head) -> tuple[Column, ...]:
    _, why, task, *rest = failure_columns(head.generated_at)
    return (
        Column("OUTCOME", lambda item: str(item["outcome"]), tone_of=_tone),
        why,
        task,
        *rest,
        Column("MESSAGE", lambda item: str(item["outcomeMessage"] or ""), lead=False),
    )


def _tone(word: str) -> Tone:
    return Tone.QUIET if word == SAVED else OUTCOME_TONES[Outcome(word)]
