"""Suspects that share what no other node has are one trouble, in the answer about nodes, too."""

from __future__ import annotations

from datetime import UTC, datetime

from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.shared import with_shared
from batchdoctor.core.suspicion.suspect_node import SuspectNode, suspect_nodes
from batchdoctor.core.text.step import commands_of
from batchdoctor.report.page import Cards
from batchdoctor.report.suspects import suspect_cards

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_pool(*, sick: int, disabled: str = "") -> list[SuspectNode]:
    """Twelve nodes, of which the last ones are spot nodes and fail most of what they run."""
    nodes = [
        Node(
            id=f"n{number:02}",
            pool_id="p",
            state="idle",
            scheduling_state="disabled" if f"n{number:02}" == disabled else "enabled",
            is_dedicated=number < 12 - sick,
        )
        for number in range(12)
    ]
    counts = RunCounts()
    for node in nodes:
        counts.add_many("p", node.id, "j", runs=20, failures=0 if node.is_dedicated else 15)
    return with_shared(suspect_nodes(nodes, judge(counts), NOON), nodes)


def test_what_all_suspects_share_is_told_of_each_and_stopped_by_one_command() -> None:
    found = a_pool(sick=5)
    assert [each.node_id for each in found] == ["n07", "n08", "n09", "n10", "n11"]
    assert {each.reasons[-1].message for each in found} == {
        "all 5 suspects, and none of the 7 other nodes, are spot"
    }
    assert commands_of(found[-1].advice) == (
        "batchdoctor node show n07 --pool p",
        "batchdoctor node disable n07 n08 n09 n10 n11 --requeue --pool p",
    )


def test_a_node_that_takes_no_tasks_already_is_not_disabled_again() -> None:
    *_, stop = commands_of(a_pool(sick=5, disabled="n09")[0].advice)
    assert stop == "batchdoctor node disable n07 n08 n10 n11 --requeue --pool p"


def test_they_are_one_paragraph_with_a_line_each() -> None:
    (cards,) = suspect_cards(a_pool(sick=5))
    assert isinstance(cards, Cards)
    (card,) = cards.cards
    assert card.title == "5 nodes of p"
    assert card.lines[0] == "all 5 suspects, and none of the 7 other nodes, are spot:"
    assert [line[:4] for line in card.lines[1:]] == ["n07:", "n08:", "n09:", "n10:", "n11:"]


def test_two_suspects_share_something_by_chance() -> None:
    found = a_pool(sick=2)
    assert [each.reasons[-1].kind for each in found] == ["repeated-failures"] * 2
