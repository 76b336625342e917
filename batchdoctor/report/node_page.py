"""One node as a document: its state, what is wrong with it in words, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.failures.examined import examined_node, sound_node
from batchdoctor.core.nodes.advice import NodeCommands, advice_for
from batchdoctor.core.nodes.boots import boot_reasons
from batchdoctor.core.nodes.disturbance import running_tasks
from batchdoctor.core.nodes.goal import start_task_end
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.trouble import broken_reasons, other_reasons
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.node_error import meaning_of, steps_for
from batchdoctor.core.remedies.start_task import start_steps, start_task_evidence
from batchdoctor.core.suspicion.node_failures import failed_task_of, recent_outcome
from batchdoctor.core.suspicion.node_item import NodeItem, NodeSummary, node_item
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.times import age_text
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Pairs, Steps, Tone, Verbatim


class NodeAnswer(msgspec.Struct, frozen=True):
    """The answer of `node show`."""

    head: Head
    node: Node
    failing: Reason | None = None
    """That more failed on it than on the others of its pool, if so."""
    problems: Sequence[Problem] = ()
    words: tuple[str, Sequence[str]] | None = None
    """What a failed start task wrote last, behind the name of the file: stderr or stdout."""

    @property
    def _broken(self) -> list[Reason]:
        return broken_reasons(self.node, self.head.generated_at)

    @property
    def _reasons(self) -> list[Reason]:
        failing = [self.failing] if self.failing else []
        booted = boot_reasons(self.node, self.head.generated_at)
        return [*self._broken, *failing, *other_reasons(self.node), *booted]

    @property
    def _advice(self) -> tuple[Step, ...]:
        return advice_for(
            NodeCommands(self.node.pool_id, self.node.id),
            {reason.kind for reason in self._reasons},
            accused=False,
            disabled=same(self.node.scheduling_state, "disabled"),
            start_task_fails_everywhere=False,
            start_task=self.node.start_task_info,
            failed_task=failed_task_of(self.node),
            error_steps=steps_for(self.node.errors or (), self.node.pool_id, self.node.id),
            start_steps=start_steps(self.node, self.words[0] if self.words else None),
            leaving=same(self.node.state, "leavingpool"),
        )

    def document(self) -> Document[NodeItem]:
        """The node as the only item."""
        return Document(
            head=self.head,
            item_type=NodeItem,
            items=iter([self._item()]),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _item(self) -> NodeItem:
        verdict: Literal["broken", "watch", "sound"] = "watch" if self.failing else "sound"
        return node_item(
            self.node,
            "broken" if self._broken else verdict,
            self._reasons,
            self._advice,
            self.head.generated_at,
        )

    def _ending(self) -> Ending:
        return Ending(
            summary=NodeSummary(state=self.node.state, broken=bool(self._broken)),
            problems=self.problems,
            page=list(self._blocks()),
            verdict=self._verdict(),
            span=Span(self.node.allocation_time, self.head.generated_at),
            checked=self._checked,
        )

    @property
    def _checked(self) -> tuple[Checked, ...]:
        return examined_node(self.node.total_tasks_run, compared=not self.problems)

    def _blocks(self) -> Iterator[Block]:
        yield Pairs(self._facts(), title=f"Node {self.node.pool_id}/{self.node.id}")
        if self._reasons:
            yield Cards(list(self._cards()), title="What is wrong")
        if self.words:
            yield Verbatim(f"Last lines of {self.words[0]} of the start task", self.words[1])
        if self.node.recent_tasks:
            rows = [
                (recent_outcome(task), f"{task.job_id}/{task.task_id}")
                for task in self.node.recent_tasks
            ]
            yield Pairs(rows, title="Recent tasks")
        # The page itself is what `node show` would show.
        show = NodeCommands(self.node.pool_id, self.node.id).act("show")
        steps = [step for step in self._advice if step.run != show]
        if steps:
            yield Steps("Next", steps)

    def _facts(self) -> Sequence[tuple[str, str]]:
        node, now, agent = self.node, self.head.generated_at, self.node.node_agent_info
        tasks = running_tasks(node)
        kind = "spot" if node.is_dedicated is False else "dedicated"
        facts = [
            ("state", f"{node.state}, changed {age_text(node.state_transition_time, now)}"),
            ("scheduling", node.scheduling_state or "unknown"),
            ("machine", f"{node.vm_size}, {kind}"),
            ("allocated", age_text(node.allocation_time, now)),
            ("booted", age_text(node.last_boot_time, now)),
            (
                "tasks",
                f"{node.total_tasks_run or 0} run, {node.total_tasks_succeeded or 0} succeeded, "
                f"{len(tasks.names) + tasks.unnamed} running",
            ),
            ("start task", start_task_end(node) or "none"),
        ]
        if agent:
            heard = age_text(agent.last_update_time, now)
            facts.append(("agent", f"{agent.version}, updated {heard}"))
        return [(label, value) for label, value in facts if value]

    def _cards(self) -> Iterator[Card]:
        broken = self._broken
        for reason in self._reasons:
            bad = reason in broken
            lines = [reason.message, *_explained(reason, self.node)]
            yield Card(
                "broken" if bad else "note", Tone.BAD if bad else Tone.WARN, reason.kind, lines
            )

    def _verdict(self) -> str:
        if self._broken:
            return f"The node is broken: {self._broken[0].kind}."
        if self.failing:
            look = NodeCommands(self.node.pool_id, self.node.id).suspects()
            return f"{self.failing.message}; {look} tells whether that is the node."
        if same(self.node.scheduling_state, "disabled"):
            return sound_node(self._checked, ", which takes no new tasks")
        return sound_node(self._checked, "")


def _explained(reason: Reason, node: Node) -> Iterator[str]:
    """What is known of a node error or a failed start task."""
    if reason.kind.startswith("start-task-fail"):
        yield from start_task_evidence(node.start_task_info)
    if reason.kind != "node-error":
        return
    error = next((each for each in node.errors or () if each.code == reason.code), None)
    if error and (meaning := meaning_of(error)):
        yield meaning
