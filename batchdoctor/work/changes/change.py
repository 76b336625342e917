"""Changes nodes: acts on several at a time, and says what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from batchdoctor.core.changes import NodeChange, Outcome
from batchdoctor.core.names import NodeName
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.core.records import Node
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.prefetch import prefetched
from batchdoctor.service.actions import Effect
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.plan import Plan
from batchdoctor.work.changes.steps import Step, steps_of
from batchdoctor.work.changes.wait import Watch
from batchdoctor.work.surroundings import Surroundings


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How a change is to be made; `wait_timeout` is in seconds, `max_share` in percent."""

    option: str = ""
    dry_run: bool = False
    in_journal: bool = True
    max_share: int = 50
    wait: bool = False
    wait_timeout: float = 1800.0


def refuse_if_none_is_there(plan: Plan) -> None:
    """Raise what is wrong if it is wrong for every node: there is no answer to show then."""
    if plan.nodes:
        return
    for error in plan.missing.values():
        if plan.action.name != "remove" or error.code != "NodeNotFound":
            raise error


class Change(msgspec.Struct):
    """One change to some nodes under way; `changes` makes it, and may be asked once."""

    outside: Surroundings
    client: Client
    plan: Plan
    wanted: Wanted
    journal: Journal
    problems: list[Problem] = msgspec.field(default_factory=list)

    def changes(self) -> Iterator[NodeChange]:
        """Yield what became of each node, in the order in which that is known."""
        for name, error in self.plan.missing.items():
            yield self._absent(name, error)
        self.outside.stop_if_asked()
        unchanged = self.plan.unchanged
        present = [name for name in self.plan.names if name in self.plan.nodes]
        there = [self._there(name) for name in present if name in unchanged]
        present = [name for name in present if name not in unchanged]
        if self.wanted.dry_run:
            yield from (*there, *map(self._planned, present))
            return
        watched: list[tuple[NodeChange, Node]] = []
        for change in chain(there, self._made(present)):
            if self.wanted.wait and change.status is ExitCode.OK:
                watched.append((change, self.plan.nodes[change.name]))
            else:
                yield change
        if watched:
            yield from self._watched(watched)

    def _watched(self, asked: Sequence[tuple[NodeChange, Node]]) -> Iterator[NodeChange]:
        watch = Watch(self.outside, self.client, self.plan.action, self.wanted.wait_timeout)
        for change in watch.results(asked):
            if change.status is ExitCode.INTERRUPTED:
                self._interrupted()
            yield change

    def _made(self, names: Sequence[NodeName]) -> Iterator[NodeChange]:
        """Make the changes, several at a time; a refusal is a result too, the others go on."""
        left = dict.fromkeys(names)
        steps = steps_of(
            self.outside, self.client, self.plan.action, names, self.wanted.wait_timeout
        )
        try:
            for results in self._sent(steps):
                for change in results:
                    left.pop(change.name)
                    yield change
                    self.outside.stop_if_asked()
        except KeyboardInterrupt:
            self._interrupted()
            for name in left:
                yield self._cut_off(name)

    def _cut_off(self, name: NodeName) -> NodeChange:
        """What was begun may have been done; what was not, was not."""
        if self.journal.was_begun(str(name)):
            outcome, message = Outcome.UNKNOWN, "interrupted: it may have been done or not"
        else:
            outcome, message = Outcome.FAILED, "interrupted before it was sent"
        return self._change(name, outcome, message, status=ExitCode.INTERRUPTED)

    def _sent(self, steps: Iterator[Step]) -> Iterator[list[NodeChange]]:
        """Yield the results of each request; those for one node each go out several at a time."""
        if self.plan.action.at_once == 1:
            for _, results in prefetched(steps, self._make):
                yield from results
        else:
            for step in steps:
                yield from self._make(step)

    def _make(self, step: Step) -> Iterator[list[NodeChange]]:
        try:
            for name in step.names:
                self.journal.begin(str(name), self.plan.action.name, options=self._options())
        except BatchdoctorError as error:
            return iter([self._not_begun(step, error)])

        def making() -> Iterator[list[NodeChange]]:
            changes = self._changes_of(step)
            for change in changes:
                self._note(change)
            yield changes

        return making()

    def _not_begun(self, step: Step, error: BatchdoctorError) -> list[NodeChange]:
        """What cannot be written down is not sent; the others of its request are not, either."""
        changes = [self._failed(name, error) for name in step.names]
        for change in changes:
            self._note(change)
        return changes

    def _changes_of(self, step: Step) -> list[NodeChange]:
        action, option = self.plan.action, self.wanted.option
        try:
            step.prepare()
            node_ids = [name.node_id for name in step.names]
            result = action.act(self.client, step.names[0].pool_id, node_ids, option)
        except BatchdoctorError as error:
            return [self._failed(name, error) for name in step.names]
        if result.outcome is Effect.ALREADY:
            outcome, message = Outcome.ALREADY, action.already
        else:
            outcome, message = Outcome.DONE, action.done
        return [
            self._change(name, outcome, message, request_id=result.request_id)
            for name in step.names
        ]

    def _interrupted(self) -> None:
        if not self.problems:
            self.problems.append(
                Problem(self.plan.action.name, "interrupted", ProblemKind.INTERRUPTED)
            )

    def _note(self, change: NodeChange) -> None:
        self.journal.note(
            str(change.name),
            change.action,
            change.outcome.value,
            options=self._options(),
            request_id=change.request_id,
            code=change.code,
        )

    def _options(self) -> dict[str, object]:
        return {"option": self.wanted.option} if self.wanted.option else {}

    def _absent(self, name: NodeName, error: BatchdoctorError) -> NodeChange:
        if self.plan.action.name == "remove" and error.code == "NodeNotFound":
            return self._change(name, Outcome.ALREADY, "it is not in the pool")
        return self._failed(name, error)

    def _there(self, name: NodeName) -> NodeChange:
        return self._change(name, Outcome.ALREADY, self.plan.action.already)

    def _planned(self, name: NodeName) -> NodeChange:
        return self._change(name, Outcome.PLANNED, f"would {self.plan.action.intent} it")

    def _failed(self, name: NodeName, error: BatchdoctorError) -> NodeChange:
        return self._change(
            name,
            Outcome.of(error),
            error.message,
            status=error.exit_code,
            error=error,
        )

    def _change(
        self,
        name: NodeName,
        outcome: Outcome,
        message: str,
        *,
        status: ExitCode = ExitCode.OK,
        request_id: str | None = None,
        error: BatchdoctorError | None = None,
    ) -> NodeChange:
        return NodeChange(
            name=name,
            action=self.plan.action.name,
            option=self.wanted.option or None,
            outcome=outcome,
            message=message,
            status=status,
            code=error.code if error else None,
            request_id=error.request_id if error else request_id,
            error=error,
        )
