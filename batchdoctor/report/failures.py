"""Failed tasks as a document: one item each, then what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.checked import Checked, Span, past
from batchdoctor.core.failures.cause import cause_item
from batchdoctor.core.failures.counts import FailureCounts, key_of, largest_first
from batchdoctor.core.failures.examined import examined_jobs
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import (
    FailedTask,
    FailedTaskWithStderr,
    FailureGroup,
    FailureGroupWithStderr,
    failed_task,
    failure_summary,
    group_with_stderr,
    with_words,
)
from batchdoctor.core.problem import Problem
from batchdoctor.core.words import Words
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.example_words import Examples, example_blocks
from batchdoctor.report.failure_page import (
    SUSPECT,
    failure_blocks,
    failure_columns,
    failure_verdict,
    group_blocks,
    stderr_blocks,
)
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Commands

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause

# Ends of stderr on a page for people; machine formats have all of them.
ENDS_SHOWN = 20


class FailedTasks(msgspec.Struct):
    """The answer of `tasks failed`, made while its failures go by.

    `words` gives the last words of the failure that went by last.
    """

    head: Head
    failures: Iterator[Failure]
    problems: Sequence[Problem]
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    limit: int | None = None
    jobs: Callable[[], int] = lambda: 0
    """How many jobs were asked, once the failures have gone by."""
    next_command: str = SUSPECT

    def _checked(self, *, whole: bool) -> tuple[Checked, ...]:
        cut = self.limit is not None and self.counts.tasks >= self.limit
        return examined_jobs(self.jobs(), whole=whole, cut=cut)

    words: Callable[[], Words | None] | None = None
    cause: Callable[[], Cause | None] = lambda: None
    """What the words of the failure that went by last say of the cause."""
    files: Collection[str] = ()
    """Subjects of problems with files: that one is gone takes nothing from the list of tasks."""
    ends: list[tuple[str, Sequence[str]]] = msgspec.field(default_factory=list)

    def document(self) -> Document[FailedTask]:
        """Every failure as an item, with a key `stderr` where that was asked for."""
        return Document(
            head=self.head,
            item_type=FailedTaskWithStderr if self.words else FailedTask,
            items=self._with_words() if self.words else map(failed_task, self._counted()),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=failure_columns(self.head.generated_at),
        )

    def _counted(self) -> Iterator[Failure]:
        for failure in self.failures:
            self.counts.add(failure)
            yield failure

    def _with_words(self) -> Iterator[FailedTask]:
        for failure in self._counted():
            words = self.words() if self.words else None
            told = cause_item(self.cause(), words.place.label if words and words.place else None)
            item = with_words(failed_task(failure, told), words)
            if words and words.known is not None and len(self.ends) < ENDS_SHOWN:
                self.ends.append((words.title(item.name), words.known))
            yield item

    def _ending(self) -> Ending:
        missed = [each for each in self.problems if each.subject not in self.files]
        checked = self._checked(whole=not missed)
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=(
                *stderr_blocks(self.ends, self.counts.tasks),
                *failure_blocks(self.counts, self.next_command),
            ),
            verdict=failure_verdict(
                self.counts,
                checked,
                past(self.head.span or Span(), self.head.generated_at),
                complete=not missed,
                limit=self.limit,
            ),
            span=self.head.span or Span(),
            checked=checked,
        )


class FailureGroups(msgspec.Struct):
    """The answer of `tasks failed --by`: groups of failures, the largest first."""

    head: Head
    failures: Iterator[Failure]
    problems: Sequence[Problem]
    by: str
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    limit: int | None = None
    jobs: Callable[[], int] = lambda: 0
    """How many jobs were asked, once the failures have gone by."""
    next_command: Callable[[str], str] | None = None
    """What to type about a group, by its key."""
    examples: Examples | None = None
    """Reads the words of one example of each group."""
    shown: list[FailureGroupWithStderr] = msgspec.field(default_factory=list)
    _first: dict[str, Failure] = msgspec.field(default_factory=dict)

    def _checked(self, *, whole: bool) -> tuple[Checked, ...]:
        cut = self.limit is not None and self.counts.tasks >= self.limit
        return examined_jobs(self.jobs(), whole=whole, cut=cut)

    def document(self) -> Document[FailureGroup]:
        """Every group as an item."""
        return Document(
            head=self.head,
            item_type=FailureGroupWithStderr if self.examples else FailureGroup,
            items=self._with_examples() if self.examples else self._groups(),
            ending=self._ending,
            name_of=lambda item: item.key,
        )

    def _groups(self) -> Iterator[FailureGroup]:
        for failure in self.failures:
            self.counts.add(failure)
            if self.examples and (key := key_of(failure, self.by)) is not None:
                self._first.setdefault(key, failure)
        of_exit_codes = self.by == "exit-code"
        for key, count in self._grouped().items():
            share = round(count / self.counts.tasks, 4)
            yield FailureGroup(
                by=self.by,
                key=key,
                failures=count,
                share=share,
                out_of_memory=self.counts.out_of_memory.get(key, 0) if of_exit_codes else None,
            )

    def _with_examples(self) -> Iterator[FailureGroup]:
        """The groups, each with an example and its last words."""
        groups = list(self._groups())
        firsts = {group.key: self._first[group.key] for group in groups}
        words = self.examples(firsts) if self.examples else {}
        for group in groups:
            said, failure = words.get(group.key), firsts[group.key]
            item = group_with_stderr(
                group,
                failure,
                said.lines if said else None,
                cause_item(said.cause, said.place) if said else None,
            )
            self.shown.append(item)
            yield item

    def _blocks(self) -> Sequence[Block]:
        counts = self.counts
        return group_blocks(self.by, self._grouped(), counts.tasks, counts.out_of_memory)

    def _next(self) -> Sequence[Block]:
        """What to type about the largest group."""
        largest = next(iter(self._grouped()), None)
        if largest is None or self.next_command is None:
            return ()
        return (Commands("Next", [("", self.next_command(largest))]),)

    def _grouped(self) -> dict[str, int]:
        counts = self.counts
        return largest_first(
            {
                "node": counts.by_node,
                "code": counts.by_code,
                "category": counts.by_category,
                "exit-code": counts.by_exit_code,
                "job": counts.by_job,
            }[self.by]
        )

    def _ending(self) -> Ending:
        checked = self._checked(whole=not self.problems)
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=(*self._blocks(), *example_blocks(self.shown), *self._next()),
            verdict=failure_verdict(
                self.counts,
                checked,
                past(self.head.span or Span(), self.head.generated_at),
                complete=not self.problems,
                limit=self.limit,
            ),
            span=self.head.span or Span(),
            checked=checked,
        )
