"""Failed tasks as a document: one item each, then what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from batchdoctor.core.failures.counts import FailureCounts, largest_first
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.failure_page import (
    failure_blocks,
    failure_columns,
    failure_verdict,
    group_blocks,
    stderr_blocks,
)
from batchdoctor.report.head import Head

KEYS = (
    "jobId",
    "taskId",
    "poolId",
    "nodeId",
    "category",
    "code",
    "message",
    "exitCode",
    "exitCodeMeaning",
    "startTime",
    "endTime",
    "durationSeconds",
    "retryCount",
    "maxTaskRetryCount",
    "requeueCount",
    "advice",
)


def failure_item(failure: Failure) -> Item:
    """One failure in the spelling of the service."""
    return {
        "jobId": failure.job_id,
        "taskId": failure.task_id,
        "poolId": failure.pool_id,
        "nodeId": failure.node_id,
        "category": failure.category.value,
        "code": failure.code,
        "message": failure.message or None,
        "exitCode": failure.exit_code,
        "exitCodeMeaning": failure.exit_code_meaning,
        "startTime": utc_text(failure.start_time),
        "endTime": utc_text(failure.end_time),
        "durationSeconds": failure.duration_seconds,
        "retryCount": failure.retry_count,
        "maxTaskRetryCount": failure.max_task_retry_count,
        "requeueCount": failure.requeue_count,
        "advice": [str(step) for step in failure.advice],
    }


def task_name(item: Item) -> str | None:
    """`JOB/TASK` of an item."""
    return f"{item['jobId']}/{item['taskId']}"


def failure_summary(counts: FailureCounts) -> dict[str, object]:
    """The summary of `tasks failed`."""
    return {
        "tasks": counts.tasks,
        "byCategory": largest_first(counts.by_category),
        "byCode": largest_first(counts.by_code),
        "byExitCode": largest_first(counts.by_exit_code),
        "byNode": largest_first(counts.by_node),
        "byJob": largest_first(counts.by_job),
    }


# Ends of stderr on a page for people; machine formats have all of them.
ENDS_SHOWN = 20


class FailedTasks(msgspec.Struct):
    """The answer of `tasks failed`, made while its failures go by.

    `stderr` gives the last lines of the stderr of the failure that went by last.
    """

    head: Head
    failures: Iterator[Failure]
    problems: Sequence[Problem]
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    limit: int | None = None
    stderr: Callable[[], Sequence[str] | None] | None = None
    ends: list[tuple[str, Sequence[str]]] = msgspec.field(default_factory=list)

    def document(self) -> Document:
        """Every failure as an item, with a key `stderr` where that was asked for."""
        return Document(
            head=self.head,
            keys=(*KEYS, "stderr") if self.stderr else KEYS,
            items=self._with_stderr() if self.stderr else map(failure_item, self._counted()),
            ending=self._ending,
            name_of=task_name,
            columns=failure_columns(self.head.generated_at),
        )

    def _counted(self) -> Iterator[Failure]:
        for failure in self.failures:
            self.counts.add(failure)
            yield failure

    def _with_stderr(self) -> Iterator[Item]:
        for failure in self._counted():
            lines = self.stderr() if self.stderr else None
            told = None if lines is None else list(lines)
            if told is not None and len(self.ends) < ENDS_SHOWN:
                self.ends.append((f"{failure.job_id}/{failure.task_id}", told))
            yield {**failure_item(failure), "stderr": told}

    def _ending(self) -> Ending:
        # That a file is gone takes nothing away from the list of tasks.
        missed = [each for each in self.problems if not each.subject.startswith("stderr of ")]
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=(*stderr_blocks(self.ends, self.counts.tasks), *failure_blocks(self.counts)),
            verdict=failure_verdict(self.counts, complete=not missed, limit=self.limit),
        )


GROUP_KEYS = ("by", "key", "failures", "share")


class FailureGroups(msgspec.Struct):
    """The answer of `tasks failed --by`: groups of failures, the largest first."""

    head: Head
    failures: Iterator[Failure]
    problems: Sequence[Problem]
    by: str
    counts: FailureCounts = msgspec.field(default_factory=FailureCounts)
    limit: int | None = None

    def document(self) -> Document:
        """Every group as an item."""
        return Document(
            head=self.head,
            keys=GROUP_KEYS,
            items=self._groups(),
            ending=self._ending,
            name_of=self._name,
        )

    def _groups(self) -> Iterator[Item]:
        for failure in self.failures:
            self.counts.add(failure)
        for key, count in self._grouped().items():
            yield {
                "by": self.by,
                "key": key,
                "failures": count,
                "share": round(count / self.counts.tasks, 4),
            }

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

    def _name(self, item: Item) -> str | None:
        return str(item["key"])

    def _ending(self) -> Ending:
        return Ending(
            summary=failure_summary(self.counts),
            problems=self.problems,
            page=group_blocks(self.by, self._grouped(), self.counts.tasks),
            verdict=failure_verdict(self.counts, complete=not self.problems, limit=self.limit),
        )
