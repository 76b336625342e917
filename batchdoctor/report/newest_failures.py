"""Failed tasks for somebody at a terminal: groups first, then the newest; all are counted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from batchdoctor.core.checked import Span, past
from batchdoctor.core.failures.cause import told_cause
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.examined import examined_jobs
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import FailedTask, failed_task, failure_summary
from batchdoctor.core.failures.telling_line import telling_line
from batchdoctor.core.failures.wording import called
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.example_words import Examples, Words
from batchdoctor.report.failure_page import (
    SUSPECT,
    category_counts,
    category_tone,
    failure_columns,
    failure_verdict,
    repeated_nodes,
)
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Commands, Note, Rows

NEWEST = 20
_GROUPS_SHOWN = 8
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Group(msgspec.Struct):
    """Failures of one job that are called the same."""

    first: Failure
    count: int = 0
    nodes: set[str] = msgspec.field(default_factory=set)


class NewestFailures(msgspec.Struct):
    """The answer of `tasks failed` on a terminal; its memory grows with groups, not with tasks."""

    head: Head
    failures: Iterator[Failure]
    problems: Sequence[Problem]
    limit: int | None = None
    jobs: Callable[[], int] = lambda: 0
    next_command: str = SUSPECT
    examples: Examples | None = None
    """Reads what one task of each group said."""
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    _newest: list[tuple[datetime, int, Failure]] = msgspec.field(default_factory=list)
    _groups: dict[tuple[str, str], _Group] = msgspec.field(default_factory=dict)

    def document(self) -> Document[FailedTask]:
        """Every failure goes by as an item; the page shows the groups and the newest."""
        return Document(
            head=self.head,
            item_type=FailedTask,
            items=self._counted(),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _counted(self) -> Iterator[FailedTask]:
        for failure in self.failures:
            self.counts.add(failure)
            group = self._groups.setdefault(
                (failure.job_id, called(failure.code, failure.exit_code)), _Group(failure)
            )
            group.count += 1
            group.nodes.add(failure.node_id or "")
            entry = (failure.end_time or _LONG_AGO, -self.counts.tasks, failure)
            if len(self._newest) < NEWEST:
                heapq.heappush(self._newest, entry)
            else:
                heapq.heappushpop(self._newest, entry)
        yield from ()

    def _ending(self) -> Ending:
        whole = not self.problems
        cut = self.limit is not None and self.counts.tasks >= self.limit
        checked = examined_jobs(self.jobs(), whole=whole, cut=cut)
        span = self.head.span or Span()
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=tuple(self._blocks()),
            verdict=failure_verdict(
                self.counts,
                checked,
                past(span, self.head.generated_at),
                complete=whole,
                limit=self.limit,
            ),
            span=span,
            checked=checked,
        )

    def _blocks(self) -> Iterator[Block]:
        if not self.counts.tasks:
            return
        yield category_counts(self.counts)
        yield self._largest()
        newest = [failure for *_, failure in sorted(self._newest, reverse=True)]
        columns = failure_columns(self.head.generated_at)
        title = "The newest failures" if self.counts.tasks > NEWEST else "The failures"
        yield Rows(columns, [failed_task(failure) for failure in newest], title)
        if left := self.counts.tasks - len(newest):
            yield Note(f"{plural(left, 'more failure')}: --all lists all of them.")
        if repeated := repeated_nodes(self.counts):
            yield repeated
            yield Commands("Is it the code or a node?", [("", self.next_command)])

    def _largest(self) -> Cards:
        """The largest groups, each with what one of its tasks said."""
        ordered = sorted(self._groups.items(), key=lambda entry: (-entry[1].count, entry[0]))
        shown = ordered[:_GROUPS_SHOWN]
        firsts = {f"{job_id} {name}": group.first for (job_id, name), group in shown}
        words = self.examples(firsts) if self.examples else {}
        cards = [
            _card(job_id, name, group, words.get(f"{job_id} {name}"))
            for (job_id, name), group in shown
        ]
        more = len(ordered) - len(shown)
        title = f"The largest {len(shown)} of {len(ordered)} groups" if more else "Groups"
        return Cards(cards, f"{title}, by job and code", dense=True)


def _card(job_id: str, name: str, group: _Group, words: Words | None) -> Card:
    where = plural(len(group.nodes), "node")
    said = _said(group.first, words)
    return Card(
        flag=f"{group.count:,}",
        tone=category_tone(group.first.category.value),
        title=f"{job_id}  {name}, {where}",
        lines=[f"{group.first.task_id}: {said}"] if said else [],
    )


def _said(failure: Failure, words: Words | None) -> str | None:
    """The line of an example that tells most."""
    if words and words.cause:
        return words.cause.line
    if words and words.lines and (line := telling_line(words.lines)):
        return line
    told = told_cause(failure)
    return told.line if told else failure.detail
