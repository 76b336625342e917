"""Failed tasks as items of an answer: one each, in groups, and all of them in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.failures.cause import FailureCause, cause_item, told_cause
from batchdoctor.core.failures.counts import FailureCounts, largest_first
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.text.step import commands_of
from batchdoctor.core.words import Place, PlaceKind, Words


class FailedTask(Item, frozen=True, kw_only=True):
    """One failed task, in the spelling of the service."""

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    category: Category
    code: str | None
    message: str | None
    exit_code: int | None
    exit_code_meaning: str | None
    start_time: Moment | None
    end_time: Moment | None
    duration_seconds: float | None
    retry_count: int | None
    max_task_retry_count: int | None
    requeue_count: int | None
    cause: FailureCause | None
    """What words say of the cause: the program's where they were read, else the details'."""
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class FailedTaskWithStderr(FailedTask, frozen=True, kw_only=True):
    """A failed task with the last words of its program; None where they could not be read."""

    stderr: tuple[str, ...] | None
    stderr_place: PlaceKind | None
    """Which place the words are from; nearer ones had none, or are gone."""
    stderr_name: str | None
    """The path or the URL of that place."""
    stderr_problem: str | None
    """Why nearer places did not answer."""


class FailureGroup(Item, frozen=True, kw_only=True):
    """The failures that have one thing in common; `share` is of all, from 0 to 1.

    `out_of_memory` are those that the container runtime says were killed for lack of memory, null
    where the groups are not of exit codes.
    """

    by: str
    key: str
    failures: int
    share: float
    out_of_memory: int | None = None


class FailureGroupWithStderr(FailureGroup, frozen=True, kw_only=True):
    """A group with one task of it, the last lines of that, and the cause that they tell."""

    job_id: str
    task_id: str
    stderr: tuple[str, ...] | None
    cause: FailureCause | None

    @property
    def name(self) -> str:
        """The task to look at: `JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class MessageGroup(Item, frozen=True, kw_only=True):
    """The failures whose messages are alike: `key` has all masked that varies between them.

    `example` is one whole message, that of the task which is named. `share` is of all failures.
    """

    by: str
    key: str
    failures: int
    share: float
    jobs: int
    nodes: int
    first_time: Moment | None
    last_time: Moment | None
    example: str | None
    job_id: str
    task_id: str
    place: str | None
    cause: FailureCause | None
    stderr: tuple[str, ...] | None = None
    """The last lines of that task's words, where they were asked for."""

    @property
    def name(self) -> str:
        """The task to look at: `JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class FailureSummary(Item, frozen=True, kw_only=True):
    """Failed tasks in numbers, the largest first."""

    tasks: int
    by_category: Mapping[str, int]
    by_code: Mapping[str, int]
    by_exit_code: Mapping[str, int]
    by_node: Mapping[str, int]
    by_job: Mapping[str, int]


def failed_task(failure: Failure, cause: FailureCause | None = None) -> FailedTask:
    """A failure as an item, with the cause that its words tell; else what its details tell."""
    advice = failure.advice
    return FailedTask(
        job_id=failure.job_id,
        task_id=failure.task_id,
        pool_id=failure.pool_id,
        node_id=failure.node_id,
        category=failure.category,
        code=failure.code,
        message=failure.message or None,
        exit_code=failure.exit_code,
        exit_code_meaning=failure.exit_code_meaning,
        start_time=failure.start_time,
        end_time=failure.end_time,
        duration_seconds=failure.duration_seconds,
        retry_count=failure.retry_count,
        max_task_retry_count=failure.max_task_retry_count,
        requeue_count=failure.requeue_count,
        cause=cause or cause_item(told_cause(failure)),
        advice=tuple([str(step) for step in advice]),
        next_commands=commands_of(advice),
    )


def with_words(task: FailedTask, words: Words | None) -> FailedTaskWithStderr:
    """A failed task with the last words of its program, None where they were not asked for."""
    known = {name: getattr(task, name) for name in FailedTask.__struct_fields__}
    place: Place | None = words.place if words else None
    return FailedTaskWithStderr(
        **known,
        stderr=words.known if words else None,
        stderr_place=place.kind if place else None,
        stderr_name=place.name if place else None,
        stderr_problem=words.why_not_nearer if words else None,
    )


def group_with_stderr(
    group: FailureGroup,
    example: Failure,
    lines: tuple[str, ...] | None,
    cause: FailureCause | None,
) -> FailureGroupWithStderr:
    """A group with what one of its tasks said."""
    known = {name: getattr(group, name) for name in FailureGroup.__struct_fields__}
    return FailureGroupWithStderr(
        **known,
        job_id=example.job_id,
        task_id=example.task_id,
        stderr=lines,
        cause=cause or cause_item(told_cause(example)),
    )


def failure_summary(counts: FailureCounts) -> FailureSummary:
    """All that was counted."""
    return FailureSummary(
        tasks=counts.tasks,
        by_category=largest_first(counts.by_category),
        by_code=largest_first(counts.by_code),
        by_exit_code=largest_first(counts.by_exit_code),
        by_node=largest_first(counts.by_node),
        by_job=largest_first(counts.by_job),
    )
