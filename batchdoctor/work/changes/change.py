"""Changes nodes: acts on several at a time, and says what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain

import msgspec
from msgspec import structs

from batchdoctor.core.changes import Change, NodeChange, Outcome
from batchdoctor.core.names import NodeName
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import Node
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.prefetch import WIDTH
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.plan import Plan
from batchdoctor.work.changes.sending import Request, Sending, told
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


class NodeChanging(msgspec.Struct):
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
                self._sending().interrupted()
            yield change

    def _made(self, names: Sequence[NodeName]) -> Iterator[NodeChange]:
        """Make the changes: requests for one node each go out several at a time."""
        action = self.plan.action
        steps = steps_of(self.outside, self.client, action, names, self.wanted.wait_timeout)
        requests = (Request(step.names, partial(self._sent, step)) for step in steps)
        at_once = WIDTH if action.at_once == 1 else 1
        for name, change in self._sending().each(requests, names, at_once=at_once):
            yield self._named(name, change)

    def _sending(self) -> Sending:
        options = {"option": self.wanted.option} if self.wanted.option else {}
        return Sending(self.outside, self.journal, self.plan.action.name, self.problems, options)

    def _sent(self, step: Step) -> Change:
        action = self.plan.action
        step.prepare()
        node_ids = [name.node_id for name in step.names]
        result = action.act(self.client, step.names[0].pool_id, node_ids, self.wanted.option)
        return told(result, action.done, action.already)

    def _absent(self, name: NodeName, error: BatchdoctorError) -> NodeChange:
        if self.plan.action.name == "remove" and error.code == "NodeNotFound":
            gone = Change(outcome=Outcome.ALREADY, message="it is not in the pool")
            return self._named(name, gone)
        return self._named(name, Change.refused(error))

    def _there(self, name: NodeName) -> NodeChange:
        there = Change(outcome=Outcome.ALREADY, message=self.plan.action.already)
        return self._named(name, there)

    def _planned(self, name: NodeName) -> NodeChange:
        words = f"would {self.plan.action.intent} it"
        return self._named(name, Change(outcome=Outcome.PLANNED, message=words))

    def _named(self, name: NodeName, change: Change) -> NodeChange:
        return NodeChange(
            name=name,
            action=self.plan.action.name,
            option=self.wanted.option or None,
            **structs.asdict(change),
        )
