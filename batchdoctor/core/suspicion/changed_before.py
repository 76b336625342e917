"""What changed in a pool and in a job just before failures rose: told beside it, as no cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.records import Node, Pool
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.text.wording import plural, verb

# What happened so long before a rise may have brought it; a rise is known no better than the runs
# around it lie, so a little after is before, too.
JUST_BEFORE = timedelta(hours=1)
_LITTLE_AFTER = timedelta(minutes=2)

_Moment = Callable[[Node], datetime | None]


def changes_before(
    rise: Rise | CommonRise, pool: Pool | None, nodes: Sequence[Node]
) -> Iterator[str]:
    """What changed within the hour before a rise, as sentences; nothing where nothing is known."""
    if isinstance(rise, Rise) and rise.new_kind:
        yield "The failures are of tasks whose ids are of a kind that had not run before."
    yield from _resized(rise, pool)
    allocated = _happened(rise, nodes, lambda node: node.allocation_time)
    if allocated:
        yield _told(allocated, nodes, "allocated", lambda node: node.allocation_time)
        yield from _new_image(allocated, nodes)
    names = {node.id for node in allocated}
    booted = [
        node
        for node in _happened(rise, nodes, lambda node: node.last_boot_time)
        if node.id not in names
    ]
    if booted:
        yield _told(booted, nodes, "booted", lambda node: node.last_boot_time)
    updated = _happened(rise, nodes, _agent_updated)
    if updated:
        versions = {node.node_agent_info.version for node in updated if node.node_agent_info}
        to = ", ".join(sorted(version for version in versions if version))
        yield f"{_told(updated, nodes, 'given an agent', _agent_updated)[:-1]}{to and f': {to}'}."


def _agent_updated(node: Node) -> datetime | None:
    return node.node_agent_info.last_update_time if node.node_agent_info else None


def _within(rise: Rise | CommonRise, moment: datetime | None) -> bool:
    return moment is not None and rise.since - JUST_BEFORE <= moment <= rise.since + _LITTLE_AFTER


def _happened(rise: Rise | CommonRise, nodes: Sequence[Node], of: _Moment) -> list[Node]:
    return [node for node in nodes if _within(rise, of(node))]


def _told(some: Sequence[Node], nodes: Sequence[Node], what: str, of: _Moment) -> str:
    moments = sorted(moment for node in some if (moment := of(node)))
    first, last = moments[0], moments[-1]
    when = f"at {_minute(first)}"
    if _minute(first) != _minute(last):
        when = f"from {_minute(first)} to {_minute(last)}"
    were = verb(len(some), "was", "were") if what != "booted" else ""
    return f"{len(some):,} of {plural(len(nodes), 'node')} {were} {what} {when}.".replace("  ", " ")


def _resized(rise: Rise | CommonRise, pool: Pool | None) -> Iterator[str]:
    changed = pool.allocation_state_transition_time if pool else None
    if pool and changed and _within(rise, changed):
        state = pool.allocation_state or "unknown"
        yield f"The pool's allocation state became {state} at {_minute(changed)}."


def _new_image(allocated: Sequence[Node], nodes: Sequence[Node]) -> Iterator[str]:
    """The version of an image that only the nodes have that came just before."""
    names = {node.id for node in allocated}
    before = {_version(node) for node in nodes if node.id not in names}
    new = Counter(version for node in allocated if (version := _version(node)))
    if before - {None}:
        for version in sorted(set(new) - before):
            yield f"Image version {version} came with {new[version]:,} of them."


def _version(node: Node) -> str | None:
    info = node.virtual_machine_info
    image = info.image_reference if info else None
    return image.exact_version if image else None


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
