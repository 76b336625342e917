"""A job that is waited for: its counts of tasks, and how it ends.

`onAllTasksComplete` and the job manager decide whether its last task ends it:
https://learn.microsoft.com/rest/api/batchservice/jobs/get-job
"""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.records import Job, TaskCounts, same
from batchdoctor.core.text.wording import plural
from batchdoctor.core.waits.condition import Condition
from batchdoctor.core.waits.verdict import SO, WAITING, Reason, Standing, Verdict, never

# Ends of a job that are no trouble; None is what a job has that was not ended by the service.
_GOOD_ENDS = ("AllTasksComplete", "JMComplete")
_AT_ITS_END = ("completed", "terminating", "deleting")
_HALF = 2


class JobSeen(msgspec.Struct, frozen=True):
    """A job as one look saw it; `job` may be older than the counts, and None is gone."""

    counts: TaskCounts
    job: Job | None

    @property
    def state(self) -> str | None:
        """Its state as the service writes it."""
        return self.job.state if self.job else None

    @property
    def key(self) -> Hashable:
        """The same as long as nothing has changed."""
        counts = self.counts
        return self.state, counts.active, counts.running, counts.succeeded, counts.failed

    @property
    def told(self) -> str:
        """How far it is."""
        if self.job is None:
            return "it is gone"
        counts = self.counts
        total = counts.active + counts.running + counts.completed
        parts = [f"{counts.completed:,} of {plural(total, 'task')} ended"]
        parts = parts if total else ["it has no tasks"]
        parts[0] += f", {counts.failed:,} of them failed" if counts.failed else ""
        more = ((counts.running, "run"), (counts.active, "wait"))
        parts += [f"{count:,} {verb}{'s' * (count == 1)}" for count, verb in more if count]
        if not same(self.state, "active"):
            parts.append(f"it is {self.state}")
        return "; ".join(parts)

    @property
    def severity(self) -> Severity | None:
        """An error if half of its tasks failed or it was ended; a warning if any failed."""
        counts, execution = self.counts, self.job.execution_info if self.job else None
        end = execution.terminate_reason if execution else None
        ended_badly = end is not None and not any(same(end, good) for good in _GOOD_ENDS)
        not_started = execution is not None and execution.scheduling_error is not None
        if ended_badly or not_started or 0 < counts.completed <= counts.failed * _HALF:
            return Severity.ERROR
        return Severity.WARNING if counts.failed else None

    def judge(self, condition: Condition) -> Verdict:
        """Where a condition stands."""
        if self.job is None:
            return never(Reason.DELETED, "it was deleted")
        if condition.goal == "idle":
            return self._idle()
        end = self._end()
        if condition.threshold is None:
            return end
        if condition.threshold.met(self.counts.failed, self.counts.completed):
            return SO
        if end.standing is not Standing.SO:
            return end
        return never(Reason.ENDED_OTHERWISE, f"it is done: {self.told}", settles=end.settles)

    def _idle(self) -> Verdict:
        if same(self.state, "deleting"):
            return never(Reason.DELETED, "it is being deleted")
        busy = self.counts.active or self.counts.running
        return WAITING if busy and not same(self.state, "completed") else SO

    def _end(self) -> Verdict:
        """Whether it is done: completed, or out of tasks with nobody about to add any."""
        if same(self.state, "deleting"):
            return never(Reason.DELETED, "it is being deleted")
        if same(self.state, "completed"):
            return SO
        counts = self.counts
        if counts.active or counts.running or not counts.completed or self.ends_itself:
            return WAITING
        if any(same(self.state, state) for state in _AT_ITS_END):
            return WAITING
        return Verdict(Standing.SO, settles=True)

    @property
    def ends_itself(self) -> bool:
        """Whether the service completes it after its last task, or after its job manager."""
        job = self.job
        if job is None:
            return False
        manager = job.job_manager_task
        kills = manager is not None and manager.kill_job_on_completion is not False
        return kills or same(job.on_all_tasks_complete, "terminatejob")
