"""A task that is waited for.

A task that will be retried goes back to `active`; `completed` is its end:
https://learn.microsoft.com/rest/api/batchservice/tasks/get-task
"""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.records import Task, same
from batchdoctor.core.waits.condition import Condition
from batchdoctor.core.waits.verdict import SO, WAITING, Reason, Verdict, never


class TaskSeen(msgspec.Struct, frozen=True):
    """A task as one look saw it; None if it is gone."""

    task: Task | None

    @property
    def state(self) -> str | None:
        """Its state as the service writes it."""
        return self.task.state if self.task else None

    @property
    def key(self) -> Hashable:
        """The same as long as nothing has changed."""
        execution = self.task.execution_info if self.task else None
        retries = execution.retry_count if execution else None
        return self.state, retries, execution and execution.requeue_count

    @property
    def failed(self) -> bool:
        """Whether it ended as a failure."""
        return self.task is not None and has_failed(self.task)

    @property
    def told(self) -> str:
        """How far it is."""
        if self.task is None:
            return "it is gone"
        execution = self.task.execution_info
        if not same(self.state, "completed"):
            retries = execution.retry_count if execution else None
            again = f", after {retries:,} retr{'y' if retries == 1 else 'ies'}" if retries else ""
            return f"it is {self.state}{again}"
        if not self.failed:
            return "it succeeded"
        code = execution.exit_code if execution else None
        failure = execution.failure_info if execution else None
        named = f" ({failure.code})" if failure and failure.code else ""
        return f"it failed{named}" + (f" with exit code {code}" if code is not None else "")

    @property
    def severity(self) -> Severity | None:
        """An error if it failed."""
        return Severity.ERROR if self.failed else None

    def judge(self, condition: Condition) -> Verdict:
        """Where a condition stands."""
        if self.task is None:
            return never(Reason.DELETED, "it was deleted")
        goal, over = condition.goal, same(self.state, "completed")
        if not over:
            return SO if same(self.state, goal) else WAITING
        if goal in {"done", "failed" if self.failed else "succeeded"}:
            return SO
        return never(Reason.ENDED_OTHERWISE, self.told)
