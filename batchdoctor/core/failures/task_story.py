"""One task with all that was read about it, and the questions that its page answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.records import Node, NodeReference, Task, TaskExecution, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, filled, run
from batchdoctor.core.words import Stream, Words

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause

_NO_NODE = NodeReference()
_NO_EXECUTION = TaskExecution()


class NodeFate(StrEnum):
    """What became of the node that a task ran on."""

    PRESENT = "present"
    GONE = "gone"
    REPLACED = "replaced"
    """A node of the same id is there, allocated after the task had started."""
    UNKNOWN = "unknown"
    """It could not be read."""


class TaskStory(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it was `at` a moment. `words` are its last, None if they were not looked for."""

    task: Task
    at: datetime
    failure: Failure | None = None
    node: Node | None = None
    fate: NodeFate | None = None
    """None for a task that never came to a node."""
    words: Words | None = None
    cause: Cause | None = None
    """What its words, or else its details, say of why it failed."""
    never_ran: bool = False
    """Whether it failed before its program was started, so that it wrote nothing."""

    @property
    def execution(self) -> TaskExecution:
        """How its latest run went."""
        return self.task.execution_info or _NO_EXECUTION

    @property
    def place(self) -> NodeReference:
        """Where it ran."""
        return self.task.node_info or _NO_NODE

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.task.job_id}/{self.task.id}"


def fate_of(task: Task, node: Node | None) -> NodeFate:
    """What became of a task's node, which is None when there is none of its id any more."""
    if node is None:
        return NodeFate.GONE
    started = task.execution_info.start_time if task.execution_info else None
    allocated = node.allocation_time
    return NodeFate.REPLACED if started and allocated and started < allocated else NodeFate.PRESENT


def next_steps(story: TaskStory) -> tuple[Step, ...]:
    """What helps with the task, the safest first."""
    task = story.task
    own = run(command_line("task", "show", job=task.job_id, task=task.id))
    if story.failure:
        steps = [step for step in story.failure.advice if step.run != own.run]
        if story.words is not None and not story.words.lines:
            steps = _without_words(story, steps)
        if story.cause:
            steps = _with_cause(story, steps)
        if story.place.pool_id:
            suspects = run(command_line("nodes", "suspect", pool=story.place.pool_id))
            steps += [suspects] if suspects not in steps else []
        return tuple(steps)
    if same(task.state, "active") or same(task.state, "preparing"):
        return (run(command_line("job", "diagnose", job=task.job_id)),)
    if same(task.state, "running"):
        look = run(command_line("files", "tail", "stdout", job=task.job_id, task=task.id))
        place = story.place
        if not (place.pool_id and place.node_id):
            return (look,)
        return (look, run(command_line("node", "show", place.node_id, pool=place.pool_id)))
    if story.fate in {NodeFate.GONE, NodeFate.REPLACED} or _is_unread(story):
        return ()
    return (_files_of(task),)


def _files_of(task: Task) -> Step:
    return run(command_line("files", "list", job=task.job_id, task=task.id))


def _without_words(story: TaskStory, steps: Sequence[Step]) -> list[Step]:
    """What helps where no place had a word: not to look there again; the other files may tell."""
    looks = set(_looks(story.task))
    left = [step for step in steps if step.run not in looks and not step.for_retries]
    if _is_unread(story) or len(left) == len(steps):
        return left
    return [_files_of(story.task), *left]


def _with_cause(story: TaskStory, steps: Sequence[Step]) -> list[Step]:
    """What helps with the cause that its words tell, before what helps without knowing it."""
    own = [run(command_line("files", "tail", "stderr", job=story.task.job_id, task=story.task.id))]
    left = [
        step
        for step in steps
        if not (story.words and story.words.lines and step in own)
        and not (step.for_retries and _is_lasting(story))
    ]
    return list(dict.fromkeys([*_of_cause(story), *left]))


def _is_lasting(story: TaskStory) -> bool:
    return story.cause is not None and story.cause.entry.again == "no"


def _of_cause(story: TaskStory) -> tuple[Step, ...]:
    # What the details tell has steps of its own, by its rule.
    if story.cause is None or story.cause.place == "details":
        return ()
    place = story.place
    ids = {
        "JOB": story.task.job_id,
        "TASK": story.task.id,
        "POOL": place.pool_id,
        "NODE": place.node_id if story.fate is not NodeFate.GONE else None,
    }
    return filled(story.cause.entry.steps, ids)


def _is_unread(story: TaskStory) -> bool:
    """Whether nothing is left of what the task said, wherever it was looked for."""
    return story.words is not None and story.words.known is None


def _looks(task: Task) -> Iterator[str]:
    """The commands that show what a task said."""
    for stream in Stream:
        yield command_line("files", "tail", stream.value, job=task.job_id, task=task.id)


def outcome(task: Task) -> str:
    """The state, and how the task ended if it did."""
    if not same(task.state, "completed"):
        back = same(task.state, "active") and same(task.previous_state, "preparing")
        return f"{task.state or 'unknown'}{' again, after preparing failed' if back else ''}"
    return "failed" if has_failed(task) else "succeeded"
