"""What nodes of a pool were given that those before them had not: image, agent, start task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from batchdoctor.core.records import Node, StartTask
from batchdoctor.core.text.wording import plural


class DeployedKind(StrEnum):
    """What can be deployed, as the kinds of happenings have it."""

    IMAGE = "image-new"
    AGENT = "agent-new"
    START_TASK = "start-task-new"
    PACKAGE = "package-new"
    CONTAINER = "container-new"
    COMMAND = "command-new"


class NodeDeployment(msgspec.Struct, frozen=True):
    """When the first node of a pool had something that no node had that came before it."""

    at: datetime
    kind: DeployedKind
    node_id: str
    say: str


class _Aspect(msgspec.Struct, frozen=True):
    """Something that nodes have, since when each has it, and how a new one is told."""

    kind: DeployedKind
    value: Callable[[Node], str | None]
    since: Callable[[Node], datetime | None]
    told: Callable[[str, str], str]


def node_deployments(nodes: Sequence[Node]) -> Iterator[NodeDeployment]:
    """What came new to a pool while nodes with something else were there, or stayed behind.

    Where all nodes have the same nothing is known: what they had before is gone with it.
    """
    for aspect in _ASPECTS:
        yield from _deployed(aspect, nodes)


def _deployed(aspect: _Aspect, nodes: Sequence[Node]) -> Iterator[NodeDeployment]:
    met = sorted(
        (since, node.id, value)
        for node in nodes
        if (value := aspect.value(node)) is not None and (since := aspect.since(node)) is not None
    )
    having = Counter(value for _, _, value in met)
    known: dict[str, None] = {}
    for since, node_id, value in met:
        if known and value not in known:
            say = f"{aspect.told(next(reversed(known)), value)}, on {plural(having[value], 'node')}"
            yield NodeDeployment(since, aspect.kind, node_id, say)
        known.setdefault(value)


def _image(node: Node) -> str | None:
    info = node.virtual_machine_info
    image = info.image_reference if info else None
    return (image.exact_version or image.virtual_machine_image_id) if image else None


def _agent(node: Node) -> str | None:
    return node.node_agent_info.version if node.node_agent_info else None


def _agent_since(node: Node) -> datetime | None:
    return node.node_agent_info.last_update_time if node.node_agent_info else None


def start_task_text(task: StartTask | None) -> str | None:
    """What a start task runs, with the container that it runs in."""
    if task is None or task.command_line is None:
        return None
    image = task.container_settings.image_name if task.container_settings else None
    return f"{task.command_line} ({image})" if image else task.command_line


_ASPECTS = (
    _Aspect(
        DeployedKind.IMAGE,
        _image,
        lambda node: node.allocation_time,
        lambda before, now: f"image version {now}, before it {before}",
    ),
    _Aspect(
        DeployedKind.AGENT,
        _agent,
        _agent_since,
        lambda before, now: f"agent {now}, before it {before}",
    ),
    _Aspect(
        DeployedKind.START_TASK,
        lambda node: start_task_text(node.start_task),
        lambda node: node.last_boot_time or node.allocation_time,
        lambda before, now: f"start task {now}, before it {before}",
    ),
)
