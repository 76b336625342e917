"""The whole story of one task as a document: one item, and one screen for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.failures.cause import cause_label
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.task_item import TaskItem, TaskSummary, task_item
from batchdoctor.core.failures.task_story import NodeFate, TaskStory, next_steps, outcome
from batchdoctor.core.meaning.exit_codes import NOT_STARTED, explain_exit_code
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import Node
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.times import age_text, span_text, utc_text
from batchdoctor.core.text.wording import plural, verb
from batchdoctor.core.words import Words
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.failure_page import CATEGORY_NOTES, exit_code_label
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Pairs, Steps, Verbatim

_FATES = {
    NodeFate.GONE: "no longer in the pool; its files are gone with it",
    NodeFate.REPLACED: "replaced since: the node of this id is a newer one; files may be gone",
    NodeFate.UNKNOWN: "could not be read",
}


class TaskPage(msgspec.Struct):
    """The answer of `task show`."""

    head: Head
    story: TaskStory
    problems: Sequence[Problem]

    def document(self) -> Document[TaskItem]:
        """The task as the only item."""
        return Document(
            head=self.head,
            item_type=TaskItem,
            items=iter([task_item(self.story)]),
            ending=self._ending,
            name_of=lambda _: self.story.name,
        )

    def _ending(self) -> Ending:
        story = self.story
        return Ending(
            summary=TaskSummary(tasks=1),
            problems=self.problems,
            page=list(task_blocks(story)),
            verdict=f"{story.name}: {_verdict(story)}",
            span=self.head.span or Span(),
            checked=(Checked(check="task", objects=1, of="tasks"),),
        )


def _verdict(story: TaskStory) -> str:
    if story.failure is None:
        return f"{outcome(story.task)}."
    failure = story.failure
    exit_code = failure.exit_code if failure.code in {None, "FailureExitCode"} else None
    why = exit_code_label(exit_code) if exit_code else failure.code or "no code"
    return f"failed, {failure.category.value}{' at a guess' if failure.guessed else ''} ({why})."


def task_blocks(story: TaskStory) -> Iterator[Block]:
    """What happened, why, the end of stderr, what to type."""
    yield Pairs(list(_what(story)), f"Task {story.name}")
    if story.failure:
        yield Pairs(list(_why(story)), "Why it failed")
    if story.never_ran:
        yield Pairs([("stderr", "none: the program was never started")])
    elif story.words:
        yield from _last_words(story.words)
    if steps := next_steps(story):
        yield Steps("Type next", steps)


def _what(story: TaskStory) -> Iterator[tuple[str, str]]:
    task = story.task
    yield "state", ", ".join(filter(None, _state(story)))
    yield "ran", f"{_run(story)}; {_attempts(story)}"
    if task.multi_instance_settings:
        instances = task.multi_instance_settings.number_of_instances or 1
        yield "instances", f"{instances}, a multi-instance task: on as many nodes at once"
    if story.place.node_id:
        fate = _FATES.get(story.fate or NodeFate.UNKNOWN) or _node_state(story.node)
        yield "node", f"{story.place.pool_id}/{story.place.node_id}: {fate}"
    if task.command_line:
        yield "command", task.command_line


def _state(story: TaskStory) -> Iterator[str]:
    exit_code = story.execution.exit_code
    yield outcome(story.task)
    yield age_text(story.task.state_transition_time, story.at)
    if exit_code is not None:
        meaning = explain_exit_code(exit_code).text if exit_code else None
        meaning = story.failure.exit_code_meaning if story.failure else meaning
        yield f"exit code {exit_code}{f' ({meaning})' if meaning else ''}"


def _run(story: TaskStory) -> str:
    start, end = story.execution.start_time, story.execution.end_time
    if start is None:
        return "never"
    constraints = story.task.constraints
    limit = parse_duration(constraints.max_wall_clock_time if constraints else None)
    took = f"{span_text((end or story.at) - start)}{'' if end else ' so far'}"
    allowed = f" of {span_text(limit)} allowed" if limit else ""
    return f"{utc_text(start.replace(microsecond=0))}, for {took}{allowed}"


def _attempts(story: TaskStory) -> str:
    execution, constraints = story.execution, story.task.constraints
    retries, requeues = execution.retry_count or 0, execution.requeue_count or 0
    most = constraints.max_task_retry_count if constraints else None
    some = f", {most} {verb(most or 0, 'retry', 'retries')} allowed"
    allowed = {None: "", -1: ", retries without limit"}.get(most, some)
    requeued = f", {requeues} times put back in the queue" if requeues else ""
    started = execution.start_time is not None
    return f"{plural(1 + retries if started else 0, 'attempt')}{allowed}{requeued}"


def _node_state(node: Node | None) -> str:
    if node is None:
        return "could not be read"
    disabled = (node.scheduling_state or "").lower() == "disabled"
    return f"still in the pool, {node.state or 'state unknown'}" + (
        ", scheduling disabled" if disabled else ""
    )


def _why(story: TaskStory) -> Iterator[tuple[str, str]]:
    failure = story.failure
    if failure is None:
        return
    yield "category", f"{failure.category.value}: {_category_note(failure)}"
    if failure.code and failure.code != "FailureExitCode":
        yield "code", failure.code
    yield "because", f"{failure.reason}{' This is a guess.' if failure.guessed else ''}"
    if story.cause:
        yield "cause", cause_label(story.cause)
    # The service's words on an exit code say nothing but that there was one.
    if failure.code == "FailureExitCode":
        return
    if failure.message:
        yield "Batch says", failure.message
    information = story.execution.failure_info
    for detail in (information and information.details) or ():
        if detail.value:
            yield detail.name or "detail", detail.value


def _category_note(failure: Failure) -> str:
    """What the category says; 125 to 127 are a shell's or docker's, of a program not started."""
    if failure.category.value == "application" and failure.exit_code in NOT_STARTED:
        return "a command returned an error before the program was started"
    return CATEGORY_NOTES[failure.category.value]


def _last_words(words: Words) -> Iterator[Block]:
    """The end of what the program wrote, or what was looked at in vain."""
    if words.known is None or (words.missed and not words.lines):
        yield Pairs([(each.place, each.why) for each in words.missed], "Last lines: none")
        return
    yield Verbatim(f"Last lines of {words.title()}", list(words.lines) or ["(empty)"])
