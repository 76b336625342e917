"""Changes jobs and tasks: acts on several at a time, once each, and says what came of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from msgspec import structs

from batchdoctor.core.changes import Change, JobChange, Outcome
from batchdoctor.core.problem import Problem
from batchdoctor.service.client import Client
from batchdoctor.work.changes.job_actions import Name
from batchdoctor.work.changes.job_plan import JobPlan
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.sending import Request, Sending, told
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
            yield self._named(name, Change.refused(error))
        self.outside.stop_if_asked()
        left = self.plan.left
        for name in self.plan.found:
            if name not in left:
                there = Change(outcome=Outcome.ALREADY, message=self.plan.action.already)
                yield self._named(name, there)
        if self.dry_run:
            words = f"would {self.plan.action.name} it"
            for name in left:
                yield self._named(name, Change(outcome=Outcome.PLANNED, message=words))
            return
        requests = (Request([name], partial(self._sent, name)) for name in left)
        for name, change in self._sending().each(requests, left):
            yield self._named(name, change)

    def _sending(self) -> Sending:
        action, option = self.plan.action, self.plan.option
        options = {"option": option} if option else {}
        return Sending(self.outside, self.journal, action.path, self.problems, options)

    def _sent(self, name: Name) -> Change:
        action = self.plan.action
        result = action.act(self.client, name, self.plan.option, self.plan.found[name])
        return told(result, action.done, action.already)

    def _named(self, name: Name, change: Change) -> JobChange:
        return JobChange(
            name=name,
            action=self.plan.action.name,
            option=self.plan.option or None,
            **structs.asdict(change),
        )
