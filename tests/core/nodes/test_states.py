"""The one table of node states: every state has its traits, in whatever spelling it comes."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.node_states import NODE_STATES
from batchdoctor.core.nodes.states import STATES, Trait, has_trait, state_of
from batchdoctor.core.records import NodeStateCounts


def with_trait(trait: Trait) -> set[str]:
    return {name for name, state in STATES.items() if state.traits & trait}


@pytest.mark.parametrize(
    ("trait", "names"),
    [
        (Trait.WORKS, {"idle", "running"}),
        (Trait.SERVES, {"idle", "running", "offline"}),
        (Trait.BOOTS, {"starting", "waitingforstarttask"}),
        (Trait.STOPS, {"deallocating", "deallocated"}),
        (
            Trait.GOES,
            {"preempted", "leavingpool", "unusable", "deallocating", "deallocated"},
        ),
        (
            Trait.OUT_OF_REACH,
            {"preempted", "leavingpool", "unusable", "deallocating", "deallocated", "unknown"},
        ),
    ],
    ids=["works", "serves", "boots", "stops", "goes", "out of reach"],
)
def test_a_trait_belongs_to_these_states(trait: Trait, names: set[str]) -> None:
    assert with_trait(trait) == names


def test_every_state_that_has_a_meaning_has_its_traits() -> None:
    assert {each.state.lower() for each in NODE_STATES} == STATES.keys()


def test_every_state_that_the_counts_know_is_in_the_table() -> None:
    counted = {name for name in NodeStateCounts.__struct_fields__ if name != "total"}
    assert {state.name for name in counted if (state := state_of(name))} == {
        name.replace("_", "") for name in counted
    }


@pytest.mark.parametrize("text", ["leavingPool", "LeavingPool", "leaving_pool", "leavingpool"])
def test_a_state_is_known_in_every_spelling(text: str) -> None:
    assert has_trait(text, Trait.GOES)


@pytest.mark.parametrize("text", [None, "", "brandnew"])
def test_nothing_is_known_of_a_state_that_is_none(text: str | None) -> None:
    assert (state_of(text), has_trait(text, ~Trait.NONE)) == (None, False)
