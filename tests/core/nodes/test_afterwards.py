"""What is told after a change: to see how it goes, and the way back."""

from __future__ import annotations

import pytest

from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.afterwards import afterwards

ONE = [NodeName("render", "n1")]
SEE = "To see how it goes"


def told(action: str, names: list[NodeName], **targets: tuple[int | None, int | None]) -> list[str]:
    return [str(step) for step in afterwards(action, names, targets)]


@pytest.mark.parametrize(
    ("action", "back"),
    [
        ("disable", "The way back: batchdoctor node enable render/n1"),
        ("enable", "The way back: batchdoctor node disable render/n1"),
        ("deallocate", "The way back: batchdoctor node start render/n1"),
        ("start", "The way back: batchdoctor node deallocate render/n1"),
        (
            "reboot",
            "There is no way back: the node comes up again by itself, and runs its start task.",
        ),
        (
            "reimage",
            "There is no way back: what was on the node is gone, and its start task runs anew.",
        ),
    ],
)
def test_each_change_of_a_node_tells_its_way_back(action: str, back: str) -> None:
    assert told(action, ONE) == [f"{SEE}: batchdoctor node show render/n1", back]


def test_several_nodes_are_looked_at_by_their_pools() -> None:
    names = [NodeName("a", "n1"), NodeName("a", "n2"), NodeName("b", "n1")]
    assert told("disable", names) == [
        f"{SEE}: batchdoctor pool diagnose a",
        f"{SEE}: batchdoctor pool diagnose b",
        "The way back: batchdoctor node enable a/n1 a/n2 b/n1",
    ]


def test_many_nodes_are_known_to_the_journal() -> None:
    names = [NodeName("a", f"n{number}") for number in range(9)]
    assert told("disable", names)[1] == "The way back: batchdoctor node enable --mine --pool a"
    assert told("start", names)[1] == "The way back is node deallocate with the same names."


def test_removed_nodes_come_back_as_new_ones_by_the_size_of_their_pool() -> None:
    assert told("remove", ONE, render=(13, 4)) == [
        f"{SEE}: batchdoctor pool diagnose render",
        "The way back, with new nodes: az batch pool resize --pool-id render"
        " --target-dedicated-nodes 13 --target-low-priority-nodes 4",
    ]
    assert told("remove", ONE)[1] == (
        "The formula of the pool render decides whether new nodes come."
    )
