"""Changes to nodes as a document: one item for each node that was to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from batchdoctor.core.changed import ChangedNode, changed_node, outcome_counts
from batchdoctor.core.changes import NodeChange, Outcome
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Steps, Tone

OUTCOME_TONES = {
    Outcome.DONE: Tone.GOOD,
    Outcome.ALREADY: Tone.GOOD,
    Outcome.PLANNED: Tone.PLAIN,
    Outcome.UNFINISHED: Tone.WARN,
    Outcome.FAILED: Tone.BAD,
    Outcome.UNKNOWN: Tone.WARN,
}


class NodeChanges(msgspec.Struct):
    """The answer of a command that changes nodes, made while the changes happen."""

    head: Head
    changes: Iterator[NodeChange]
    problems: Sequence[Problem] = ()
    next_steps: Sequence[Step] = ()
    """What to type when something was changed."""
    counts: dict[Outcome, int] = msgspec.field(default_factory=dict)
    statuses: list[ExitCode] = msgspec.field(default_factory=list)

    def document(self) -> Document[ChangedNode]:
        """Every node as an item."""
        return Document(
            head=self.head,
            item_type=ChangedNode,
            items=map(changed_node, self._counted()),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=_COLUMNS,
        )

    def _counted(self) -> Iterator[NodeChange]:
        for change in self.changes:
            self.counts[change.outcome] = self.counts.get(change.outcome, 0) + 1
            self.statuses.append(change.status)
            yield change

    def _ending(self) -> Ending:
        return Ending(
            summary=outcome_counts(self.counts),
            problems=self.problems,
            page=self._page(),
            verdict=outcome_verdict(self.counts, "node"),
        )

    def _page(self) -> Sequence[Block]:
        changed = {Outcome.DONE, Outcome.UNFINISHED, Outcome.UNKNOWN} & self.counts.keys()
        return (Steps("Next", self.next_steps),) if changed and self.next_steps else ()


_COLUMNS: tuple[Column[ChangedNode], ...] = (
    Column(
        "OUTCOME",
        lambda item: item.outcome.value,
        tone_of=lambda word: OUTCOME_TONES[Outcome(word)],
    ),
    Column("POOL/NODE", lambda item: item.name),
    Column("MESSAGE", lambda item: item.message, lead=False),
)


def outcome_verdict(counts: Mapping[Outcome, int], noun: str, *, done: str = "changed") -> str:
    """The last line: how many of what became what."""
    words = {
        Outcome.DONE: done,
        Outcome.ALREADY: "already as asked",
        Outcome.PLANNED: "would be changed; nothing was done",
        Outcome.UNFINISHED: "asked for, but not there yet",
        Outcome.FAILED: "not changed",
        Outcome.UNKNOWN: "not known",
    }
    parts = [
        f"{plural(counts[outcome], noun)} {words[outcome]}"
        for outcome in Outcome
        if counts.get(outcome)
    ]
    return f"{', '.join(parts) or f'No {noun}s changed'}."
