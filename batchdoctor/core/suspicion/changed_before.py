"""What changed in a pool and in a job just before failures rose: told beside it, as no cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.records import Node, Pool
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.deployed_nodes import start_task_text
from batchdoctor.core.suspicion.deployed_tasks import TaskDeployment
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.text.wording import plural, sentence, verb

# What happened so long before a rise may have brought it; a rise is known no better than the runs
# around it lie, so a little after is before, too.
JUST_BEFORE = timedelta(hours=1)
_LITTLE_AFTER = timedelta(minutes=2)

_Moment = Callable[[Node], datetime | None]


def just_before(since: datetime, moment: datetime | None) -> bool:
    """Whether something happened so shortly before a moment that it may have brought it."""
    return moment is not None and since - JUST_BEFORE <= moment <= since + _LITTLE_AFTER


def changes_before(
    rise: Rise | CommonRise,
    pool: Pool | None,
    nodes: Sequence[Node],
    deployed: Iterable[TaskDeployment] = (),
) -> Iterator[str]:
    """What changed within the hour before a rise, as sentences; nothing where nothing is known."""
    if isinstance(rise, Rise) and rise.new_kind:
        yield "The failures are of tasks whose ids are of a kind that had not run before."
    yield from releases_before(rise.since, deployed)
    yield from pool_changes(rise.since, pool, nodes)


def releases_before(since: datetime, deployed: Iterable[TaskDeployment]) -> Iterator[str]:
    """What tasks ran for the first time within the hour before a moment, as sentences."""
    for each in deployed:
        if just_before(since, each.at):
            first = f"first in task {each.task_id} at {_minute(each.at)}"
            yield f"{sentence(each.say)[:-1]}, {first}."


def pool_changes(since: datetime, pool: Pool | None, nodes: Sequence[Node]) -> Iterator[str]:
    """What changed in a pool within the hour before a moment, as sentences, the surest first."""
    allocated = _happened(since, nodes, lambda node: node.allocation_time)
    names = {node.id for node in allocated}
    booted = [
        node
        for node in _happened(since, nodes, lambda node: node.last_boot_time)
        if node.id not in names
    ]
    if allocated:
        new = [*_new(allocated, nodes, _version, "image version")]
        new += _new(allocated, nodes, _start_task, "the start task")
        yield _with(new, _told(allocated, nodes, "allocated", lambda node: node.allocation_time))
    if booted:
        new = [*_new([*allocated, *booted], nodes, _start_task, "the start task")]
        yield _with(new, _told(booted, nodes, "booted", lambda node: node.last_boot_time))
    updated = _happened(since, nodes, _agent_updated)
    if updated:
        versions = {node.node_agent_info.version for node in updated if node.node_agent_info}
        to = ", ".join(sorted(version for version in versions if version))
        yield f"{_told(updated, nodes, 'given an agent', _agent_updated)[:-1]}{to and f': {to}'}."
    yield from _resized(since, pool)


def _with(new: Sequence[str], told: str) -> str:
    """A sentence with what came new then."""
    return "; ".join([told[:-1], *new]) + "."


def _agent_updated(node: Node) -> datetime | None:
    return node.node_agent_info.last_update_time if node.node_agent_info else None


def _happened(since: datetime, nodes: Sequence[Node], of: _Moment) -> list[Node]:
    return [node for node in nodes if just_before(since, of(node))]


def _told(some: Sequence[Node], nodes: Sequence[Node], what: str, of: _Moment) -> str:
    moments = sorted(moment for node in some if (moment := of(node)))
    first, last = moments[0], moments[-1]
    when = f"at {_minute(first)}"
    if _minute(first) != _minute(last):
        when = f"from {_minute(first)} to {_minute(last)}"
    were = verb(len(some), "was", "were") if what != "booted" else ""
    return f"{len(some):,} of {plural(len(nodes), 'node')} {were} {what} {when}.".replace("  ", " ")


def _resized(since: datetime, pool: Pool | None) -> Iterator[str]:
    changed = pool.allocation_state_transition_time if pool else None
    resized = just_before(since, changed)
    if pool and changed and resized:
        state = pool.allocation_state or "unknown"
        yield f"The pool's allocation state became {state} at {_minute(changed)}."
    modified = pool.last_modified if pool else None
    # Without a resize that explains it.
    if modified and just_before(since, modified) and not resized:
        yield f"The pool's settings or targets were last changed at {_minute(modified)}."


def _new(
    changed: Sequence[Node],
    nodes: Sequence[Node],
    value: Callable[[Node], str | None],
    what: str,
) -> Iterator[str]:
    """What only the nodes have that changed just before."""
    names = {node.id for node in changed}
    before = {value(node) for node in nodes if node.id not in names}
    new = Counter(having for node in changed if (having := value(node)))
    if before - {None}:
        for each in sorted(set(new) - before):
            yield f"{what} {each} came with {new[each]:,} of them"


def _version(node: Node) -> str | None:
    info = node.virtual_machine_info
    image = info.image_reference if info else None
    return image.exact_version if image else None


def _start_task(node: Node) -> str | None:
    return start_task_text(node.start_task)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
