"""The part of the Python face that makes and changes jobs, and ends tasks.

https://learn.microsoft.com/rest/api/batchservice/jobs
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from batchdoctor.core.answer import Answer
from batchdoctor.core.changed import ChangedJob
from batchdoctor.core.log.submitted import SubmittedTask
from batchdoctor.core.names import TaskName
from batchdoctor.work.answers import changes
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.answers.submission import submitted
from batchdoctor.work.changes import job_actions
from batchdoctor.work.submission.plan import SubmitWanted
from batchdoctor.work.submission.program import program_of

Ids = str | Sequence[str]


class AccountJobs:
    """Changes to jobs and tasks: each is made once, and written into the journal.

    Raises NotFoundError where none of them exists, StateError where none allows it.
    """

    _asking: Asking

    def disable_job(
        self,
        jobs: Ids,
        tasks: Literal["requeue", "terminate", "wait"] = "requeue",
        *,
        dry_run: bool = False,
    ) -> Answer[ChangedJob]:
        """Run no more tasks of jobs; `tasks` is what becomes of those that run."""
        return self._changed(job_actions.DISABLE_JOB, jobs, tasks, dry_run=dry_run)

    def enable_job(self, jobs: Ids, *, dry_run: bool = False) -> Answer[ChangedJob]:
        """Run the tasks of disabled jobs again."""
        return self._changed(job_actions.ENABLE_JOB, jobs, "", dry_run=dry_run)

    def terminate_job(
        self, jobs: Ids, reason: str = "", *, dry_run: bool = False
    ) -> Answer[ChangedJob]:
        """End jobs for good, and their tasks that have not ended as failed."""
        return self._changed(job_actions.TERMINATE_JOB, jobs, reason, dry_run=dry_run)

    def terminate_task(
        self, tasks: str | TaskName | Sequence[str | TaskName], *, dry_run: bool = False
    ) -> Answer[ChangedJob]:
        """End tasks, `JOB/TASK`, as failed."""
        named = [tasks] if isinstance(tasks, str | TaskName) else tasks
        names = [TaskName.of(each) for each in named]
        return changes.changed_jobs(
            self._asking, job_actions.TERMINATE_TASK, names, "", dry_run=dry_run
        )

    def submit_events(
        self,
        pool: str,
        logs: str,
        out: str,
        program: str | Path,
        *,
        dry_run: bool = False,
        **more: Any,
    ) -> Answer[SubmittedTask]:
        """Have a pool count the logs of a container; the tasks of the job, which is not waited for.

        `more` are fields of `SubmitWanted`: `since`, `until`, `identity`, `reduces`, `job_id`, ...
        When `wait("job", answer.summary.job_id)` says that it is done, `answer_events(out)` of the
        `place` in the summary answers.
        """
        wanted = SubmitWanted(
            pool_id=pool, logs=logs, out=out, program=program_of(str(program), ""), **more
        )
        return submitted(self._asking, wanted, dry_run=dry_run)

    def _changed(
        self, action: job_actions.JobAction, jobs: Ids, option: str, *, dry_run: bool
    ) -> Answer[ChangedJob]:
        names = [jobs] if isinstance(jobs, str) else list(jobs)
        return changes.changed_jobs(self._asking, action, names, option, dry_run=dry_run)
