"""Makes the job, once however often an answer is lost, and tells how it ended."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.changes import Outcome
from batchdoctor.core.log.submitted import SubmitSummary, SubmittedTask
from batchdoctor.core.records import Job, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.waits.condition import Noun, conditions_of
from batchdoctor.core.waits.item import Outcome as WaitOutcome
from batchdoctor.core.waits.item import Target
from batchdoctor.errors import InputError, StateError
from batchdoctor.service.actions import Effect
from batchdoctor.service.client import Client
from batchdoctor.service.job_creation import create_job, create_tasks, end_with_its_tasks
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.logs.reducing import Reducing
from batchdoctor.work.logs.shard_place import place_of
from batchdoctor.work.submission.bodies import command_of, job_body, task_body
from batchdoctor.work.submission.plan import SubmitPlan
from batchdoctor.work.surroundings import Surroundings
from batchdoctor.work.waits.wait import Wait, Wanted

ACTION = "events submit"
_ALL_DONE = "AllTasksComplete"
_ENDED = ("completed", "terminating")


class Submission(msgspec.Struct):
    """One job under way; `outcome` is whether it was made now, or was there from before."""

    outside: Surroundings
    client: Client
    plan: SubmitPlan
    outcome: Outcome = Outcome.PLANNED

    def make(self, journal: Journal) -> None:
        """Put the program into its place, and make the job with all its tasks.

        Whatever of it is there already is left as it is, so that it may be done again.
        """
        plan = self.plan
        options = {
            "pool": plan.wanted.pool_id,
            "logs": plan.logs.name,
            "out": plan.out.name,
            "tasks": len(plan.tasks),
        }
        with journal.sending(plan.job_id, ACTION, options):
            self._upload()
            self.outside.progress(f"making job {plan.job_id}")
            result = create_job(self.client, job_body(plan))
            if result.outcome is Effect.CHANGED or not self._has_ended():
                bodies = [task_body(plan, task) for task in plan.tasks]
                create_tasks(self.client, plan.job_id, bodies)
                end_with_its_tasks(self.client, plan.job_id)
        done = result.outcome is Effect.CHANGED
        self.outcome = Outcome.DONE if done else Outcome.ALREADY
        journal.note(
            plan.job_id,
            ACTION,
            self.outcome.value,
            options=options,
            request_id=result.request_id,
        )

    def _upload(self) -> None:
        program = self.plan.wanted.program
        if program.path is None:
            return
        place = place_of(self.plan.out.signed_url)
        if program.blob in place.names():
            return
        self.outside.progress(f"sending {program.path}")
        place.write(program.blob, program.path.read_bytes())

    def _has_ended(self) -> bool:
        return any(same(self._job().state, state) for state in _ENDED)

    def _job(self) -> Job:
        return self.client.job(self.plan.job_id)

    def items(self) -> Iterator[SubmittedTask]:
        """Every task of the job."""
        for task in self.plan.tasks:
            yield SubmittedTask(
                job_id=self.plan.job_id,
                task_id=task.id,
                part=task.part,
                outcome=self.outcome,
                day=task.day,
                logs=task.logs,
                bytes=task.size,
                depends_on=len(task.after),
                command_line=command_of(self.plan, task),
            )

    def summary(self) -> SubmitSummary:
        """The job in numbers."""
        return self.plan.summary(self.outcome)

    def wait(self, outside: Surroundings) -> None:
        """Wait until the job has ended; what is waited for is told to `outside`.

        Raises KeyboardInterrupt when that is interrupted; the job goes on. Raises StateError for
        one that did not come to its end.
        """
        target = Target(noun=Noun.JOB, job_id=self.plan.job_id)
        wanted = Wanted(target=target, conditions=conditions_of(target.noun, ()))
        item = Wait(outside, self.client, wanted).end()
        if item.outcome is WaitOutcome.INTERRUPTED:
            self.outside.note(
                f"the job goes on: {command_line('wait', 'job', self.plan.job_id)}, and then the"
                " same command again"
            )
            raise KeyboardInterrupt
        self._refuse_failed()

    def _refuse_failed(self) -> None:
        job = self._job()
        reason = job.execution_info.terminate_reason if job.execution_info else None
        failed = list(self.client.failed_tasks(self.plan.job_id))
        if same(reason, _ALL_DONE) and not failed:
            return
        # Those that were ended with the job say nothing about why.
        own = [t for t in failed if t.execution_info and t.execution_info.exit_code is not None]
        worst = next(iter(own or failed), None)
        why = f"it ended with {reason}" if reason else f"it is {job.state}"
        hint = command_line("job", "diagnose", self.plan.job_id)
        if worst is not None:
            info = worst.execution_info
            code = info.exit_code if info else None
            ended = f"exit code {code}" if code is not None else "no exit code"
            why = f"its task {worst.id} failed with {ended}"
            hint = command_line("task", "show", f"{self.plan.job_id}/{worst.id}")
        raise StateError(
            f"The job {self.plan.job_id} did not come to its end: {why}.",
            hint=f"{hint}; --job ANOTHER goes on where this one stopped",
        )

    def reducing(self) -> Reducing:
        """The counts that the job left. Raises InputError where they are not of just these logs."""
        reducing = Reducing(self.outside, place_of(self.plan.out.signed_url))
        read = reducing.maps.sources
        if read != self.plan.log_count:
            raise InputError(
                f"{read:,} logs were counted, and {self.plan.log_count:,} were to be.",
                hint="run the same command again with another --job",
            )
        return reducing
