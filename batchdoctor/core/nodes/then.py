"""Whether the state that a node has now can explain what happened on it then."""

from __future__ import annotations

from datetime import datetime, timedelta

from batchdoctor.core.records import Node

# A task that a node takes with it ends about when the node's state changes.
_ABOUT = timedelta(minutes=5)


def state_then(node: Node | None, ended: datetime | None) -> str | None:
    """The node's state, if it had it when something ended there; None if it came later.

    A spot node that is preempted now says nothing of a task that failed on it yesterday.
    """
    if node is None:
        return None
    since = node.state_transition_time
    return None if since and ended and since > ended + _ABOUT else node.state
