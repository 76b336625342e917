"""Failed tasks grouped by what their programs said: one item a message, the largest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span, past
from batchdoctor.core.failures.by_message import MessageCounts, spoken_line
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.examined import examined_jobs
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import MessageGroup, failure_summary
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import age_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.example_words import Words
from batchdoctor.report.failure_page import failure_verdict
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Note, Tone

_SHOWN = 20
_TONES = {"node": Tone.BAD, "disk": Tone.BAD, "gpu": Tone.BAD}


class MessageGroups(msgspec.Struct):
    """The answer of `tasks failed --by message`, made while failures and their words go by.

    `stderr` is how many last lines of each group's example are told.
    """

    head: Head
    said: Iterator[tuple[Failure, Words]]
    problems: Sequence[Problem]
    limit: int | None = None
    stderr: int = 0
    jobs: Callable[[], int] = lambda: 0
    files: Collection[str] = ()
    """Subjects of problems with files: that one is gone takes nothing from the list of tasks."""
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    messages: MessageCounts = msgspec.field(default_factory=MessageCounts)

    def document(self) -> Document[MessageGroup]:
        """Every group as an item; the format ids prints the task to look at."""
        return Document(
            head=self.head,
            item_type=MessageGroup,
            items=self._groups(),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _groups(self) -> Iterator[MessageGroup]:
        for failure, words in self.said:
            self.counts.add(failure)
            self.messages.add(failure, spoken_line(failure, words.lines, words.cause, words.place))
        yield from self.messages.groups(lines=self.stderr)

    def _checked(self, *, whole: bool) -> tuple[Checked, ...]:
        cut = self.limit is not None and self.counts.tasks >= self.limit
        return examined_jobs(self.jobs(), whole=whole, cut=cut)

    def _ending(self) -> Ending:
        missed = [each for each in self.problems if each.subject not in self.files]
        checked = self._checked(whole=not missed)
        groups = list(self.messages.groups(lines=self.stderr))
        span = self.head.span or Span()
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=message_blocks(groups, self.head),
            verdict=failure_verdict(
                self.counts,
                checked,
                past(span, self.head.generated_at),
                complete=not missed,
                limit=self.limit,
            ),
            span=span,
            checked=checked,
        )


def message_blocks(groups: Sequence[MessageGroup], head: Head) -> Sequence[Block]:
    """The largest groups, each with its share, one whole example and the task to look at."""
    if not groups:
        return ()
    blocks: list[Block] = [Cards([_card(group, head) for group in groups[:_SHOWN]])]
    if len(groups) > _SHOWN:
        left = groups[_SHOWN:]
        tasks = sum(group.failures for group in left)
        others = plural(len(left), "more message")
        blocks.append(Note(f"{others} of {plural(tasks, 'task')}; -o jsonl has all of them."))
    return blocks


def _card(group: MessageGroup, head: Head) -> Card:
    about = group.cause.about.value if group.cause else ""
    where = f"{plural(group.jobs, 'job')}, {plural(group.nodes, 'node')}"
    times = f"last {age_text(group.last_time, head.generated_at)}" if group.last_time else ""
    told = ", ".join(part for part in (where, times, about and f"about: {about}") if part)
    look = f"{group.task_id} says: {group.example}" if group.example else ""
    return Card(
        flag=f"{group.failures:,}",
        tone=_TONES.get(about, Tone.WARN),
        title=f"{group.share:.0%}  {group.key}",
        lines=[told, *([look] if look else []), *(group.stderr or ())],
        commands=[command_line("task", "show", job=group.job_id, task=group.task_id)],
    )
