"""Nodes not to be trusted as a document: one item each, and a paragraph for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span, past
from batchdoctor.core.failures.examined import examined_nodes, no_suspects
from batchdoctor.core.problem import Problem
from batchdoctor.core.suspicion.item import SuspectItem, SuspectSummary, suspect_item
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Tone

VERDICT_TONES = {"broken": Tone.BAD, "suspect": Tone.BAD, "watch": Tone.WARN}


def suspect_card(node: SuspectNode) -> Card:
    """One node as a paragraph: verdict, name and state, reasons, what to type."""
    state = f"  {node.state}" if node.state else ""
    if node.state and node.scheduling_state and node.scheduling_state.lower() == "disabled":
        state += ", scheduling disabled"
    return Card(
        flag=node.verdict.upper(),
        tone=VERDICT_TONES.get(node.verdict, Tone.PLAIN),
        title=f"{node.pool_id}/{node.node_id}{state}",
        lines=[reason.message for reason in node.reasons],
        steps=node.advice,
    )


def suspect_cards(nodes: Sequence[SuspectNode], title: str | None = None) -> Sequence[Block]:
    """Nodes as paragraphs, or nothing where there are none."""
    return (Cards([suspect_card(node) for node in nodes], title),) if nodes else ()


class SuspectNodes(msgspec.Struct):
    """The answer of `nodes suspect`; `nodes` are the nodes looked at, `pools` their pools."""

    head: Head
    suspects: Iterable[SuspectNode]
    problems: Sequence[Problem]
    nodes: int
    pools: int
    jobs: int = 0
    shown: list[SuspectNode] = msgspec.field(default_factory=list)

    def document(self) -> Document[SuspectItem]:
        """Every suspect node as an item."""
        return Document(
            head=self.head,
            item_type=SuspectItem,
            items=self._items(),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _items(self) -> Iterator[SuspectItem]:
        for node in self.suspects:
            self.shown.append(node)
            yield suspect_item(node)

    def _ending(self) -> Ending:
        return Ending(
            summary=SuspectSummary(
                pools=self.pools, nodes=self.nodes, by_verdict=self._by_verdict()
            ),
            problems=self.problems,
            page=suspect_cards(self.shown),
            verdict=self._verdict(),
            span=self.head.span or Span(),
            checked=self._checked,
        )

    @property
    def _checked(self) -> tuple[Checked, ...]:
        return examined_nodes(self.nodes, self.jobs, whole=not self.problems)

    def _by_verdict(self) -> dict[str, int]:
        counts = dict.fromkeys(VERDICT_TONES, 0)
        for node in self.shown:
            counts[node.verdict] = counts.get(node.verdict, 0) + 1
        return counts

    def _verdict(self) -> str:
        looked_at = f"{plural(self.nodes, 'node')} in {plural(self.pools, 'pool')}"
        when = past(self.head.span or Span(), self.head.generated_at)
        looked_at += f" (now, and failures {when} in {plural(self.jobs, 'job')})"
        if not self.shown:
            return no_suspects(self._checked, looked_at)
        if self.problems:
            looked_at += " (not everything could be read)"
        counts = self._by_verdict()
        words = {"broken": "broken", "suspect": "suspect", "watch": "to watch"}
        named = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
        return f"{', '.join(named)} of {looked_at}."
