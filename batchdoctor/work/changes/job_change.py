"""Changes jobs and tasks: acts on several at a time, once each, and says what came of each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.changes import JobChange, Outcome
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.prefetch import prefetched
from batchdoctor.service.actions import Effect
from batchdoctor.service.client import Client
from batchdoctor.work.changes.job_actions import Name
from batchdoctor.work.changes.job_plan import JobPlan
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.surroundings import Surroundings


def refuse_if_nothing_is_there(plan: JobPlan) -> None:
    """Raise what is wrong if it is wrong for everything: there is no answer to show then."""
    for error in plan.missing.values():
        if not plan.found:
            raise error


class JobChanging(msgspec.Struct):
    """One change to some jobs or tasks under way; `changes` makes it, and may be asked once."""

    outside: Surroundings
    client: Client
    plan: JobPlan
    journal: Journal
    dry_run: bool
    problems: list[Problem] = msgspec.field(default_factory=list)

    def changes(self) -> Iterator[JobChange]:
        """Yield what became of each, in the order in which they were named."""
        for name, error in self.plan.missing.items():
            yield self._failed(name, error)
        self.outside.stop_if_asked()
        left = self.plan.left
        for name in self.plan.found:
            if name not in left:
                yield self._change(name, Outcome.ALREADY, self.plan.action.already)
        if self.dry_run:
            for name in left:
                yield self._change(name, Outcome.PLANNED, f"would {self.plan.action.name} it")
            return
        yield from self._made(dict.fromkeys(left))

    def _made(self, left: dict[Name, None]) -> Iterator[JobChange]:
        try:
            for _, results in prefetched(list(left), self._send):
                for change in results:
                    left.pop(change.name)
                    yield change
                    self.outside.stop_if_asked()
        except KeyboardInterrupt:
            self.problems.append(
                Problem(self.plan.action.path, "interrupted", ProblemKind.INTERRUPTED)
            )
            for name in left:
                yield self._change(
                    name,
                    Outcome.UNKNOWN,
                    "interrupted: it may have been done or not",
                    status=ExitCode.INTERRUPTED,
                )

    def _send(self, name: Name) -> Iterator[JobChange]:
        action, options = self.plan.action, self._options()
        try:
            self.journal.begin(str(name), action.path, options=options)
        except BatchdoctorError as error:
            return iter([self._failed(name, error)])

        def sending() -> Iterator[JobChange]:
            change = self._sent(name)
            self.journal.note(
                str(name),
                action.path,
                change.outcome.value,
                options=options,
                request_id=change.request_id,
                code=change.code,
            )
            yield change

        return sending()

    def _sent(self, name: Name) -> JobChange:
        action = self.plan.action
        try:
            result = action.act(self.client, name, self.plan.option, self.plan.found[name])
        except BatchdoctorError as error:
            return self._failed(name, error)
        if result.outcome is Effect.ALREADY:
            return self._change(name, Outcome.ALREADY, action.already, request_id=result.request_id)
        return self._change(name, Outcome.DONE, action.done, request_id=result.request_id)

    def _options(self) -> dict[str, object]:
        return {"option": self.plan.option} if self.plan.option else {}

    def _failed(self, name: Name, error: BatchdoctorError) -> JobChange:
        return self._change(
            name,
            Outcome.of(error),
            error.message,
            status=error.exit_code,
            error=error,
        )

    def _change(
        self,
        name: Name,
        outcome: Outcome,
        message: str,
        *,
        status: ExitCode = ExitCode.OK,
        request_id: str | None = None,
        error: BatchdoctorError | None = None,
    ) -> JobChange:
        return JobChange(
            name=name,
            action=self.plan.action.name,
            option=self.plan.option or None,
            outcome=outcome,
            message=message,
            status=status,
            code=error.code if error else None,
            request_id=error.request_id if error else request_id,
            error=error,
        )
