"""When a change to a node has come true: judged from the node itself, before and now.

States: https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, same


class Arrival(Enum):
    """Where a node is on its way to the state that was asked for."""

    WAITING = "waiting"
    THERE = "there"
    ELSEWHERE = "elsewhere"
    """It ended in another state, which it will not leave by itself."""


# The node now, None when it is not in the pool any more; and as it was before the change.
Goal = Callable[[Node | None, Node], Arrival]


def disabled(now: Node | None, _before: Node) -> Arrival:
    """No new tasks come, and those that were there are gone."""
    if now is None:
        return Arrival.ELSEWHERE
    out = same(now.scheduling_state, "disabled") and not has_trait(now.state, Trait.WORKS)
    return Arrival.THERE if out else Arrival.WAITING


def enabled(now: Node | None, _before: Node) -> Arrival:
    """The node may be given tasks, and is not offline any more."""
    if now is None:
        return Arrival.ELSEWHERE
    back = not same(now.scheduling_state, "disabled") and not _is(now, "offline")
    return Arrival.THERE if back else Arrival.WAITING


def restarted(now: Node | None, before: Node) -> Arrival:
    """The node has booted since, and its start task has ended.

    Right after the request a node still shows its old state, in which a running one stays for as
    long as its tasks are let finish; only a new boot time tells that it is back.
    """
    if now is None:
        return Arrival.ELSEWHERE
    booted = now.last_boot_time is not None and now.last_boot_time != before.last_boot_time
    if booted and has_trait(now.state, Trait.SERVES):
        return Arrival.THERE
    moved = booted or not same(now.state, before.state or "")
    return Arrival.ELSEWHERE if moved and has_trait(now.state, Trait.STAYS) else Arrival.WAITING


def started(now: Node | None, before: Node) -> Arrival:
    """A stopped node is up and takes part again; one that was up all the time is there."""
    if now is None:
        return Arrival.ELSEWHERE
    if has_trait(now.state, Trait.SERVES):
        return Arrival.THERE
    moved = not same(now.state, before.state or "")
    stopped = has_trait(now.state, Trait.STOPS)
    ended = moved and not stopped and has_trait(now.state, Trait.STAYS)
    return Arrival.ELSEWHERE if ended else Arrival.WAITING


def deallocated(now: Node | None, _before: Node) -> Arrival:
    """The machine was given back."""
    if now is None:
        return Arrival.ELSEWHERE
    return Arrival.THERE if _is(now, "deallocated") else Arrival.WAITING


def removed(now: Node | None, _before: Node) -> Arrival:
    """The node is not in the pool any more."""
    return Arrival.THERE if now is None else Arrival.WAITING


def is_disabled(node: Node) -> bool:
    """Whether a node is out of scheduling."""
    return same(node.scheduling_state, "disabled") or _is(node, "offline")


def is_enabled(node: Node) -> bool:
    """Whether a node may be given tasks."""
    return same(node.scheduling_state, "enabled") and not _is(node, "offline")


def is_started(node: Node) -> bool:
    """Whether a node is up, or on its way from its start."""
    return has_trait(node.state, Trait.BOOTS | Trait.SERVES)


def is_stopped(node: Node) -> bool:
    """Whether a node is deallocated, or about to be."""
    return has_trait(node.state, Trait.STOPS)


def is_rebooting(node: Node) -> bool:
    """Whether a restart is under way."""
    return _is(node, "rebooting")


def is_reimaging(node: Node) -> bool:
    """Whether a fresh operating system is under way."""
    return _is(node, "reimaging")


def is_leaving(node: Node) -> bool:
    """Whether a node is about to leave its pool."""
    return _is(node, "leavingpool")


def start_task_words(node: Node) -> str | None:
    """How the start task went, as a clause; None for a node without one."""
    end = start_task_end(node)
    return f"its start task {end}" if end else None


def start_task_end(node: Node) -> str | None:
    """How the start task went, as a verb with what belongs to it; None for a node without one."""
    info = node.start_task_info
    if info is None:
        return None
    if same(info.result, "failure"):
        known = [f"exit code {info.exit_code}"] if info.exit_code is not None else []
        known += [info.failure_info.code] if info.failure_info and info.failure_info.code else []
        return f"failed ({', '.join(known) or 'no reason given'})"
    if same(info.state, "running"):
        return "is still running"
    return "succeeded"


def _is(node: Node, *states: str) -> bool:
    return any(same(node.state, state) for state in states)
