"""Whether a node was booted again: what took it down, if nobody meant it, may do so again."""

from __future__ import annotations

from datetime import datetime, timedelta

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import Node
from batchdoctor.core.text.wording import ago

# A node boots within minutes of its allocation; later, it was booted again.
_FIRST_BOOT = timedelta(hours=1)
# What happened longer ago is no clue to what goes on now.
_LATELY = timedelta(days=1)


def booted_again(node: Node, now: datetime) -> bool:
    """Whether the node was booted lately, long after it was allocated."""
    booted, allocated = node.last_boot_time, node.allocation_time
    if booted is None or allocated is None:
        return False
    return booted - allocated > _FIRST_BOOT and now - booted < _LATELY


def boot_reasons(node: Node, now: datetime) -> list[Reason]:
    """That it was booted again, as something worth knowing; empty for any other node."""
    if not booted_again(node, now):
        return []
    return [
        Reason(
            "booted-again",
            f"it was booted{ago(node.last_boot_time, now)}, long after it was allocated"
            f"{ago(node.allocation_time, now)}: if nobody rebooted it, something took it down, such"
            " as a task that fills its memory or disk",
        )
    ]
