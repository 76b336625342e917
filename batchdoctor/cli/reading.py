"""Reads on past what cannot be read, and remembers it, so that the rest is still shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from batchdoctor.cli.call import Call, worst
from batchdoctor.errors import BatchdoctorError, ExitCode, UnreachableError
from batchdoctor.report.document import Problem
from batchdoctor.report.untrusted import visible

if TYPE_CHECKING:
    from batchdoctor.service.client import Client

Record = TypeVar("Record")


@dataclass(slots=True)
class Reading:
    """What of an account could be read so far.

    A failure before anything at all was read is raised: there is no answer to mark incomplete.
    After that it becomes a problem of the document, and decides the exit status.
    """

    call: Call
    client: Client
    problems: list[Problem] = field(default_factory=list)
    statuses: list[ExitCode] = field(default_factory=list)
    begun: bool = False

    def each(self, subject: str, records: Iterator[Record]) -> Iterator[Record]:
        """Yield `records` until they end or fail; once the service is gone, nothing more."""
        if self.stopped:
            return
        self.call.world.progress.show(f"reading {subject}")
        try:
            for record in records:
                self.begun = True
                yield record
            self.begun = True
        except BatchdoctorError as error:
            self.remember(subject, error)
        except KeyboardInterrupt:
            self.problems.append(Problem(subject, "interrupted"))
            self.statuses.append(ExitCode.INTERRUPTED)

    def remember(self, subject: str, error: BatchdoctorError) -> None:
        """Note what could not be read; raises it while nothing has been."""
        if not self.begun:
            raise error
        self.problems.append(Problem(subject, error.message))
        self.statuses.append(error.exit_code)

    @property
    def stopped(self) -> bool:
        """Whether asking on is of no use: the service is gone, or the user wants to stop."""
        return bool({UnreachableError.exit_code, ExitCode.INTERRUPTED} & set(self.statuses))

    @property
    def status(self) -> ExitCode:
        """The exit status that the problems ask for."""
        return worst(self.statuses)

    def finish(self) -> None:
        """Tell on standard error what the reader of the answer should know of its making."""
        totals = self.client.retry.totals
        if totals.retries:
            self.call.world.tell(
                f"note: {totals.retries} requests were sent again, after waiting "
                f"{totals.waited_seconds:.1f} s in all"
            )
        for notice in self.client.notices:
            self.call.world.tell(visible(f"note: {notice}"))
        for problem in self.problems:
            self.call.world.tell(visible(f"warning: {problem.subject}: {problem.message}"))
