"""Changes nodes: says what it will disturb, asks, acts on several at a time, says what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain

import msgspec

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.consent import ask, refuse_when_read_only
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.options import NodeName, names_in_short
from batchdoctor.core.records import Node
from batchdoctor.errors import BatchdoctorError, ExitCode, UncertainError
from batchdoctor.report.changes import NodeChange, NodeChanges, Outcome
from batchdoctor.report.document import Problem
from batchdoctor.report.failure_page import plural
from batchdoctor.report.head import Head
from batchdoctor.service.actions import Outcome as ServiceOutcome
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.plan import Plan, make_plan
from batchdoctor.work.changes.steps import Step, steps_of
from batchdoctor.work.changes.wait import Watch
from batchdoctor.work.reading.prefetch import started_ahead


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How a change is to be made; `wait_timeout` is in seconds, `max_share` in percent."""

    option: str = ""
    yes: bool = False
    dry_run: bool = False
    max_share: int = 50
    wait: bool = False
    wait_timeout: float = 1800.0


def change_nodes(call: Call, action: Action, names: Sequence[NodeName], wanted: Wanted) -> int:
    """Change nodes after consent; the exit status is the worst of what happened to any of them."""
    with call.client() as client:
        return change_these(call, client, action, names, wanted)


def change_these(
    call: Call, client: Client, action: Action, names: Sequence[NodeName], wanted: Wanted
) -> int:
    """Change nodes through a client that is open already, else as `change_nodes`."""
    if not wanted.dry_run:
        refuse_when_read_only(call.world, f"node {action.name} {names_in_short(names)}")
    plan = make_plan(call, client, action, names, wanted.option, wanted.max_share)
    _refuse_if_none_is_there(plan)
    count = len(plan.nodes) - len(plan.unchanged)
    if count and not (wanted.yes or wanted.dry_run):
        ask(call.world, f"{action.intent.capitalize()} {plural(count, 'node')}?")
    work = _Work(call, client, plan, wanted, Journal(call.world, client.account.host))
    head = Head(call.command, client.account.host, call.world.now())
    changes = NodeChanges(head, with_refusals_told(call, work.changes()), work.problems)
    with closing(work.journal):
        call.write(changes.document())
    return worst(changes.statuses)


def _refuse_if_none_is_there(plan: Plan) -> None:
    """Raise what is wrong if it is wrong for every node: there is no answer to show then."""
    if plan.nodes:
        return
    for error in plan.missing.values():
        if plan.action.name != "remove" or error.code != "NodeNotFound":
            raise error


class _Work(msgspec.Struct):
    """One change to some nodes under way."""

    call: Call
    client: Client
    plan: Plan
    wanted: Wanted
    journal: Journal
    problems: list[Problem] = msgspec.field(default_factory=list)

    def changes(self) -> Iterator[NodeChange]:
        """Yield what became of each node, in the order in which that is known."""
        for name, error in self.plan.missing.items():
            yield self._absent(name, error)
        self.call.world.interruption.check()
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
                watched.append((change, self.plan.nodes[_name(change)]))
            else:
                yield change
        if watched:
            yield from self._watched(watched)

    def _watched(self, asked: Sequence[tuple[NodeChange, Node]]) -> Iterator[NodeChange]:
        watch = Watch(self.call, self.client, self.plan.action, self.wanted.wait_timeout)
        for change in watch.results(asked):
            if change.status is ExitCode.INTERRUPTED:
                self._interrupted()
            yield change

    def _made(self, names: Sequence[NodeName]) -> Iterator[NodeChange]:
        """Make the changes, several at a time; a refusal is a result too, the others go on."""
        left = dict.fromkeys(names)
        steps = steps_of(self.call, self.client, self.plan.action, names, self.wanted.wait_timeout)
        try:
            for results in self._sent(steps):
                for change in results:
                    left.pop(_name(change))
                    yield change
                    self.call.world.interruption.check()
        except KeyboardInterrupt:
            self._interrupted()
            for name in left:
                yield self._change(
                    name,
                    Outcome.UNKNOWN,
                    "interrupted: it may have been done or not",
                    status=ExitCode.INTERRUPTED,
                )

    def _sent(self, steps: Iterator[Step]) -> Iterator[list[NodeChange]]:
        """Yield the results of each request; those for one node each go out several at a time."""
        if self.plan.action.at_once == 1:
            for _, results in started_ahead(steps, self._make):
                yield from results
        else:
            for step in steps:
                yield from self._make(step)

    def _make(self, step: Step) -> Iterator[list[NodeChange]]:
        for name in step.names:
            self.journal.begin(str(name), self.plan.action.name, options=self._options())

        def making() -> Iterator[list[NodeChange]]:
            changes = self._changes_of(step)
            for change in changes:
                self._note(change)
            yield changes

        return making()

    def _changes_of(self, step: Step) -> list[NodeChange]:
        action, option = self.plan.action, self.wanted.option
        try:
            step.prepare()
            node_ids = [name.node_id for name in step.names]
            result = action.act(self.client, step.names[0].pool_id, node_ids, option)
        except BatchdoctorError as error:
            return [self._failed(name, error) for name in step.names]
        if result.outcome is ServiceOutcome.ALREADY:
            outcome, message = Outcome.ALREADY, action.already
        else:
            outcome, message = Outcome.DONE, action.done
        return [
            self._change(name, outcome, message, request_id=result.request_id)
            for name in step.names
        ]

    def _interrupted(self) -> None:
        if not self.problems:
            self.problems.append(Problem(self.plan.action.name, "interrupted"))

    def _note(self, change: NodeChange) -> None:
        self.journal.note(
            str(_name(change)),
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
            Outcome.UNKNOWN if isinstance(error, UncertainError) else Outcome.FAILED,
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
            pool_id=name.pool_id,
            node_id=name.node_id,
            action=self.plan.action.name,
            option=self.wanted.option or None,
            outcome=outcome,
            message=message,
            status=status,
            code=error.code if error else None,
            request_id=error.request_id if error else request_id,
            error=error,
        )


def _name(change: NodeChange) -> NodeName:
    return NodeName(change.pool_id, change.node_id)
