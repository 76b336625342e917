"""Nodes not to be trusted as a document: one item each, and a paragraph for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked, Span, past
from batchdoctor.core.failures.examined import examined_nodes, no_suspects
from batchdoctor.core.problem import Problem
from batchdoctor.core.suspicion.item import SuspectItem, SuspectSummary, suspect_item
from batchdoctor.core.suspicion.shared import SHARED
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Tone

# Nodes from which on the same trouble is told once, and how many of them are named.
_TOGETHER = 3
_NAMED = 3
# How many nodes that share something are told of each by itself.
_LISTED = 8
# What differs from node to node in a sentence that says the same: numbers.
_OWN = re.compile(r"\d+")
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
    """Nodes as paragraphs, those with the same trouble as one; nothing where there are none."""
    groups: dict[object, list[SuspectNode]] = {}
    for node in nodes:
        groups.setdefault(_trouble(node), []).append(node)
    cards: list[Card] = []
    for group in groups.values():
        alike = group[0].reasons and group[0].reasons[-1].kind == SHARED
        together = [_alike_card(group)] if alike else [group_card(group)]
        cards += together if len(group) >= _TOGETHER else map(suspect_card, group)
    return (Cards(cards, title),) if nodes else ()


def _trouble(node: SuspectNode) -> object:
    """What nodes of a pool have in common that are ill in the same way; else the node alone.

    How a node fails beside others is its own, and so is what fails on it, but if they share what
    may be the cause.
    """
    if node.reasons and node.reasons[-1].kind == SHARED:
        return node.pool_id, SHARED
    if node.runs is not None or node.failures is not None:
        return node.pool_id, node.node_id
    reasons = tuple(
        (reason.kind, _OWN.sub("#", reason.message.replace(node.node_id, "")))
        for reason in node.reasons
    )
    state = (node.state or "").lower(), (node.scheduling_state or "").lower()
    return node.pool_id, node.verdict, state, reasons


def group_card(group: Sequence[SuspectNode]) -> Card:
    """Nodes with the same trouble as one paragraph: how many, the first, what to type about it."""
    first, count = group[0], len(group)
    card = suspect_card(first)
    state = f"  {first.state}" if first.state else ""
    names = ", ".join(node.node_id for node in group[:_NAMED])
    more = f" and {count - _NAMED:,} more (-o ids has all)" if count > _NAMED else ""
    return replace(
        card,
        title=f"{count:,} nodes of {first.pool_id}{state}",
        lines=[*card.lines, f"{names}{more}", "About the first of them:"],
    )


def _alike_card(group: Sequence[SuspectNode]) -> Card:
    """Suspects that share what no other node has: that first, then what each of them did."""
    first, count = group[0], len(group)
    shown = group[:_LISTED]
    more = [f"and {count - _LISTED:,} more (-o jsonl has all)"] if count > _LISTED else []
    return replace(
        suspect_card(first),
        title=f"{count:,} nodes of {first.pool_id}",
        lines=[
            f"{first.reasons[-1].message}:",
            *(f"{node.node_id}: {node.reasons[0].message}" for node in shown),
            *more,
        ],
    )


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
