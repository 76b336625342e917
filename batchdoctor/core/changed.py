"""Changes as items of an answer: what became of nodes, of tasks, of logs to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from batchdoctor.core.changes import (
    JobChange,
    NodeChange,
    Outcome,
    Reactivation,
    Upload,
    UploadOutcome,
)
from batchdoctor.core.failures.cause import FailureCause
from batchdoctor.core.failures.item import FailedTask, failed_task
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.names import TaskName


class TaskOutcome(StrEnum):
    """What an item tells of a task: that it was saved as it was, or its `Outcome`."""

    SAVED = "saved"
    DONE = "done"
    ALREADY = "already"
    PLANNED = "planned"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ChangedNode(Item, frozen=True, kw_only=True):
    """What became of a change to one node."""

    pool_id: str
    node_id: str
    action: str
    option: str | None
    outcome: Outcome
    state: str | None
    message: str
    code: str | None
    request_id: str | None

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


class ChangedJob(Item, frozen=True, kw_only=True):
    """What became of a change to one job, or to one of its tasks; `task_id` is None for a job."""

    job_id: str
    task_id: str | None
    action: str
    option: str | None
    outcome: Outcome
    message: str
    code: str | None
    request_id: str | None

    @property
    def name(self) -> str:
        """`JOB`, or `JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}" if self.task_id else self.job_id


class ReactivatedTask(Item, frozen=True, kw_only=True):
    """A failed task as it was `saved`, or once more with what became of it.

    A struct has one base, and what became of the task stands before the keys of `FailedTask`.
    """

    outcome: TaskOutcome
    outcome_message: str | None
    outcome_code: str | None
    request_id: str | None
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
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class SentLogs(Item, frozen=True, kw_only=True):
    """What became of asking one node for its logs."""

    pool_id: str
    node_id: str
    outcome: UploadOutcome
    container: str
    virtual_directory_name: str | None
    number_of_files_uploaded: int | None
    message: str
    code: str | None

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


class OutcomeCounts(Item, frozen=True, kw_only=True):
    """How many changes had which outcome."""

    done: int
    already: int
    planned: int
    unfinished: int
    failed: int
    unknown: int


class ReactivationCounts(Item, frozen=True, kw_only=True):
    """How many tasks were saved as they were, and how many had which outcome."""

    saved: int
    done: int
    already: int
    planned: int
    unfinished: int
    failed: int
    unknown: int


class SentLogsCounts(Item, frozen=True, kw_only=True):
    """How many nodes were asked, and how many could not be."""

    asked: int
    failed: int


def changed_node(change: NodeChange) -> ChangedNode:
    """One change as an item."""
    return ChangedNode(
        pool_id=change.name.pool_id,
        node_id=change.name.node_id,
        action=change.action,
        option=change.option,
        outcome=change.outcome,
        state=change.state,
        message=change.message,
        code=change.code,
        request_id=change.request_id,
    )


def changed_job(change: JobChange) -> ChangedJob:
    """One change as an item."""
    name = change.name
    return ChangedJob(
        job_id=name.job_id if isinstance(name, TaskName) else name,
        task_id=name.task_id if isinstance(name, TaskName) else None,
        action=change.action,
        option=change.option,
        outcome=change.outcome,
        message=change.message,
        code=change.code,
        request_id=change.request_id,
    )


def reactivated_task(step: Reactivation) -> ReactivatedTask:
    """One step as an item: the task saved, or what became of it."""
    task, change = failed_task(step.failure), step.change
    return ReactivatedTask(
        outcome=TaskOutcome(change.outcome.value) if change else TaskOutcome.SAVED,
        outcome_message=(change.message if change else None) or None,
        outcome_code=change.code if change else None,
        request_id=change.request_id if change else None,
        **{name: getattr(task, name) for name in FailedTask.__struct_fields__},
    )


def sent_logs(upload: Upload, container: str) -> SentLogs:
    """One node that was asked as an item; `container` is where its logs go."""
    return SentLogs(
        pool_id=upload.name.pool_id,
        node_id=upload.name.node_id,
        outcome=upload.outcome,
        container=container,
        virtual_directory_name=upload.folder,
        number_of_files_uploaded=upload.files,
        message=upload.message,
        code=upload.code,
    )


def outcome_counts(counts: Mapping[Outcome, int]) -> OutcomeCounts:
    """Counts by outcome, those that did not happen as 0."""
    return OutcomeCounts(**_every(counts))


def reactivation_counts(saved: int, counts: Mapping[Outcome, int]) -> ReactivationCounts:
    """The same of tasks, with the number of those that were saved."""
    return ReactivationCounts(saved=saved, **_every(counts))


def _every(counts: Mapping[Outcome, int]) -> dict[str, int]:
    return {outcome.value: counts.get(outcome, 0) for outcome in Outcome}
