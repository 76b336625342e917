"""The one table of the states of nodes: what a node in each can do, and where it leads.

States: https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
"""

from __future__ import annotations

from datetime import timedelta
from enum import Flag, auto

import msgspec


class Trait(Flag):
    """What can be said of a node because of its state alone."""

    NONE = 0
    WORKS = auto()
    """It takes tasks, as long as its scheduling is enabled."""
    SERVES = auto()
    """It is up, past its start task, and takes part in its pool."""
    BOOTS = auto()
    """Its agent or its start task is under way after a boot."""
    STOPS = auto()
    """It was stopped by request, or is about to be."""
    COMES = auto()
    """It is on its way, and counts as one that may yet take tasks."""
    GOES = auto()
    """It takes the tasks that ran on it down with it."""
    OUT_OF_REACH = auto()
    """Its files cannot be read."""
    STAYS = auto()
    """It does not come back to service by itself."""


class NodeState(msgspec.Struct, frozen=True):
    """A state, in lower case; `usual` is how long a node is usually in one that passes."""

    name: str
    traits: Trait
    usual: timedelta | None = None
    because: str = ""
    """What may make it last longer, to be put behind a sentence."""


# From allocation to idle 3 to 8 minutes are usual; slow images and start tasks make it half an
# hour (https://github.com/Azure/Batch/issues/145). A reboot or reimage goes the same way again.
_READY = timedelta(minutes=30)
# Leaving may wait for running tasks and then for the resize timeout, 15 minutes unless set
# (https://learn.microsoft.com/rest/api/batchservice/pools/remove-nodes). No page gives a time for
# deallocating or upgrading; an hour leaves room for tasks that are let finish.
_GONE = timedelta(minutes=60)
_LOST = Trait.GOES | Trait.OUT_OF_REACH | Trait.STAYS

STATES: dict[str, NodeState] = {
    state.name: state
    for state in (
        NodeState("creating", Trait.COMES, _READY),
        NodeState(
            "starting",
            Trait.BOOTS | Trait.COMES,
            _READY,
            "; a missing node identity keeps nodes in this state",
        ),
        NodeState(
            "waitingforstarttask",
            Trait.BOOTS | Trait.COMES,
            _READY,
            "; the start task has not ended yet",
        ),
        NodeState("starttaskfailed", Trait.STAYS),
        NodeState("idle", Trait.WORKS | Trait.SERVES),
        NodeState("running", Trait.WORKS | Trait.SERVES),
        NodeState("offline", Trait.SERVES),
        NodeState("unusable", _LOST),
        NodeState("unknown", Trait.OUT_OF_REACH | Trait.STAYS),
        NodeState("preempted", _LOST),
        NodeState("rebooting", Trait.COMES, _READY),
        NodeState("reimaging", Trait.COMES, _READY),
        NodeState("upgradingos", Trait.COMES, _GONE),
        NodeState("leavingpool", _LOST, _GONE, "; it may be waiting for its running tasks to end"),
        NodeState("deallocating", _LOST | Trait.STOPS | Trait.COMES, _GONE),
        NodeState("deallocated", _LOST | Trait.STOPS),
    )
}


def state_of(text: str | None) -> NodeState | None:
    """A state in any spelling, such as `leavingPool` or `leaving_pool`; None for no state."""
    return STATES.get((text or "").replace("_", "").lower())


def has_trait(text: str | None, trait: Trait) -> bool:
    """Whether a node in this state has one of the traits; nothing is known of unknown states."""
    state = state_of(text)
    return state is not None and bool(state.traits & trait)
