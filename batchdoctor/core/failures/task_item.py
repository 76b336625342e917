"""The whole story of one task as an item of an answer."""

from __future__ import annotations

from batchdoctor.core.failures.cause import FailureCause, cause_item
from batchdoctor.core.failures.task_story import NodeFate, TaskStory, next_steps
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.text.step import commands_of


class TaskItem(Item, frozen=True, kw_only=True):
    """A task in the spelling of the service, its failure explained."""

    job_id: str
    task_id: str
    state: str | None
    previous_state: str | None
    result: str | None
    pool_id: str | None
    node_id: str | None
    node_state: str | None
    node_fate: NodeFate | None
    category: Category | None
    code: str | None
    reason: str | None
    guessed: bool | None
    message: str | None
    exit_code: int | None
    exit_code_meaning: str | None
    creation_time: Moment | None
    start_time: Moment | None
    end_time: Moment | None
    duration_seconds: float | None
    retry_count: int | None
    max_task_retry_count: int | None
    requeue_count: int | None
    max_wall_clock_time: str | None
    command_line: str | None
    stderr: tuple[str, ...] | None
    stderr_problem: str | None
    cause: FailureCause | None
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]


class TaskSummary(Item, frozen=True, kw_only=True):
    """How many tasks are told of."""

    tasks: int


def task_item(story: TaskStory) -> TaskItem:
    """The task as an item."""
    task, execution, failure = story.task, story.execution, story.failure
    constraints, steps = task.constraints, next_steps(story)
    return TaskItem(
        job_id=task.job_id,
        task_id=task.id,
        state=task.state,
        previous_state=task.previous_state,
        result=execution.result,
        pool_id=story.place.pool_id,
        node_id=story.place.node_id,
        node_state=story.node.state if story.node else None,
        node_fate=story.fate,
        category=failure.category if failure else None,
        code=failure.code if failure else None,
        reason=failure.reason if failure else None,
        guessed=failure.guessed if failure else None,
        message=(failure.message or None) if failure else None,
        exit_code=execution.exit_code,
        exit_code_meaning=failure.exit_code_meaning if failure else None,
        creation_time=task.creation_time,
        start_time=execution.start_time,
        end_time=execution.end_time,
        duration_seconds=failure.duration_seconds if failure else _seconds(story),
        retry_count=execution.retry_count,
        max_task_retry_count=constraints.max_task_retry_count if constraints else None,
        requeue_count=execution.requeue_count,
        max_wall_clock_time=constraints.max_wall_clock_time if constraints else None,
        command_line=task.command_line or None,
        stderr=story.stderr,
        stderr_problem=story.stderr_problem,
        cause=cause_item(story.cause),
        advice=tuple(map(str, steps)),
        next_commands=commands_of(steps),
    )


def _seconds(story: TaskStory) -> float | None:
    start, end = story.execution.start_time, story.execution.end_time
    return (end - start).total_seconds() if start and end else None
