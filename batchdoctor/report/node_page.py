"""One node as a document: its state, what is wrong with it in words, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.failures.cause import cause_label
from batchdoctor.core.failures.examined import examined_node, sound_node
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.nodes.disturbance import running_tasks
from batchdoctor.core.nodes.goal import start_task_end
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.node_error import meaning_of
from batchdoctor.core.remedies.start_task import start_task_evidence
from batchdoctor.core.suspicion.node_failures import recent_outcome
from batchdoctor.core.suspicion.node_item import NodeItem, NodeSummary
from batchdoctor.core.suspicion.node_story import NodeStory
from batchdoctor.core.text.times import age_text
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Pairs, Steps, Tone, Verbatim


class NodeAnswer(msgspec.Struct, frozen=True):
    """The answer of `node show`."""

    head: Head
    story: NodeStory
    problems: Sequence[Problem] = ()

    def document(self) -> Document[NodeItem]:
        """The node as the only item."""
        return Document(
            head=self.head,
            item_type=NodeItem,
            items=iter([self.story.item]),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _ending(self) -> Ending:
        return Ending(
            summary=NodeSummary(state=self.story.node.state, broken=bool(self.story.broken)),
            problems=self.problems,
            page=list(self._blocks()),
            verdict=self._verdict(),
            span=self.head.span or Span(),
            checked=self._checked,
        )

    @property
    def _checked(self) -> tuple[Checked, ...]:
        return examined_node(self.story.node.total_tasks_run, compared=not self.problems)

    def _blocks(self) -> Iterator[Block]:
        yield Pairs(self._facts(), title=f"Node {self.story.node.pool_id}/{self.story.node.id}")
        if self.story.reasons:
            yield Cards(list(self._cards()), title="What is wrong")
        words = self.story.words
        if words and words.place:
            yield Verbatim(f"Last lines of {words.title('the start task')}", words.lines)
        elif words and words.missed:
            yield Pairs([("start task", f"no words: {words.why_not_nearer}")], title="Last lines")
        if self.story.node.recent_tasks:
            rows = [
                (recent_outcome(task), f"{task.job_id}/{task.task_id}")
                for task in self.story.node.recent_tasks
            ]
            yield Pairs(rows, title="Recent tasks")
        # The page itself is what `node show` would show.
        show = NodeCommands(self.story.node.pool_id, self.story.node.id).act("show")
        steps = [step for step in self.story.advice if step.run != show]
        if steps:
            yield Steps("Next", steps)

    def _facts(self) -> Sequence[tuple[str, str]]:
        node, now, agent = self.story.node, self.head.generated_at, self.story.node.node_agent_info
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
        if self.story.cause:
            facts.append(("cause", cause_label(self.story.cause)))
        if agent:
            heard = age_text(agent.last_update_time, now)
            facts.append(("agent", f"{agent.version}, updated {heard}"))
        return [(label, value) for label, value in facts if value]

    def _cards(self) -> Iterator[Card]:
        broken = self.story.broken
        for reason in self.story.reasons:
            bad = reason in broken
            lines = [reason.message, *_explained(reason, self.story.node)]
            yield Card(
                "broken" if bad else "note", Tone.BAD if bad else Tone.WARN, reason.kind, lines
            )

    def _verdict(self) -> str:
        if self.story.broken:
            return f"The node is broken: {self.story.broken[0].kind}."
        if self.story.failing:
            look = NodeCommands(self.story.node.pool_id, self.story.node.id).suspects()
            return f"{self.story.failing.message}; {look} tells whether that is the node."
        node = self.story.node
        failed = max(0, (node.total_tasks_run or 0) - (node.total_tasks_succeeded or 0))
        disabled = same(node.scheduling_state, "disabled")
        return sound_node(self._checked, ", which takes no new tasks" if disabled else "", failed)


def _explained(reason: Reason, node: Node) -> Iterator[str]:
    """What is known of a node error or a failed start task."""
    if reason.kind.startswith("start-task-fail"):
        yield from start_task_evidence(node.start_task_info)
    if reason.kind != "node-error":
        return
    error = next((each for each in node.errors or () if each.code == reason.code), None)
    if error and (meaning := meaning_of(error)):
        yield meaning
