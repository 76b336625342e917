"""What a node's own state says against it: broken, stuck on its way, or merely worth knowing.

States: https://learn.microsoft.com/rest/api/batchservice/nodes/get-node and
https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.states import state_of
from batchdoctor.core.records import Node, NodeError, StartTaskInformation, same


def minutes_in_state(node: Node, now: datetime) -> int | None:
    """Give the whole minutes since the state last changed; None when the service does not say."""
    if node.state_transition_time is None:
        return None
    # A clock behind the service's would make it negative.
    return max(0, (now - node.state_transition_time) // timedelta(minutes=1))


def broken_reasons(node: Node, now: datetime) -> list[Reason]:
    """Say why a node cannot be expected to run tasks, the gravest first; empty for a sound one."""
    return [*_errors(node), *_start_task_failed(node), *_lost(node), *_stuck(node, now)]


def other_reasons(node: Node) -> list[Reason]:
    """Say what else is worth knowing of a node that is not broken by it."""
    found = []
    start_task = node.start_task_info
    if start_task and same(start_task.result, "failure") and not same(node.state, FAILED_START):
        message = f"{_start_task_end(start_task)}, but the pool does not wait for its success"
        found.append(Reason("start-task-failure-ignored", message))
    if same(node.state, "preempted"):
        found.append(Reason("preempted", "the spot node was taken back; it returns with capacity"))
    if same(node.scheduling_state, "disabled") and not same(node.state, "offline"):
        found.append(Reason("scheduling-disabled", "scheduling was disabled by someone"))
    return found


FAILED_START = "starttaskfailed"


def start_task_fails_everywhere(nodes: Iterable[Node]) -> bool:
    """Whether no node of several got past its start task; nodes still on their way do not count."""
    arrived = [node for node in nodes if not is_passing(node.state)]
    return len(arrived) > 1 and all(same(node.state, FAILED_START) for node in arrived)


def _errors(node: Node) -> Iterator[Reason]:
    for error in node.errors or ():
        yield Reason("node-error", _error_sentence(error), error.code)
    if same(node.state, "unusable") and not node.errors:
        yield Reason(
            "agent-unreachable",
            "unusable without any error: the service cannot reach the node's agent; look at"
            " network security groups, routes, DNS, firewalls and private endpoints",
        )


def _error_sentence(error: NodeError) -> str:
    parts = [error.message or ""]
    parts += [f"{detail.name}: {detail.value}" for detail in error.error_details or ()]
    return f"{error.code or 'error without a code'}: {'; '.join(filter(None, parts)) or 'no text'}"


def _start_task_failed(node: Node) -> Iterator[Reason]:
    if same(node.state, FAILED_START):
        failure = node.start_task_info.failure_info if node.start_task_info else None
        yield Reason(
            "start-task-failed",
            _start_task_end(node.start_task_info),
            failure.code if failure else None,
        )


def _start_task_end(info: StartTaskInformation | None) -> str:
    """Tell how a start task failed, as far as the service says."""
    known = []
    if info and info.exit_code is not None:
        known.append(f"exit code {info.exit_code}")
    if info and info.failure_info:
        failure = info.failure_info
        known += [": ".join(filter(None, (failure.code, failure.message)))]
    details = ", ".join(filter(None, known))
    return f"the start task failed ({details})" if details else "the start task failed"


def _lost(node: Node) -> Iterator[Reason]:
    if same(node.state, "unknown"):
        yield Reason(
            "unknown", "the service lost sight of the node; its tasks may still be running"
        )
    if same(node.state, "offline"):
        yield Reason("offline", "someone disabled scheduling, and no task is left on the node")


def _stuck(node: Node, now: datetime) -> Iterator[Reason]:
    state, minutes = state_of(node.state), minutes_in_state(node, now)
    if state and state.usual and minutes is not None and timedelta(minutes=minutes) > state.usual:
        yield Reason("stuck", f"{state.name} for {minutes} minutes, {usual_for(state.name)}")


def usual_for(text: str) -> str:
    """How many minutes a node is usually in a state on its way, and what may make them more."""
    state = state_of(text)
    if state is None or state.usual is None:
        return ""
    return f"{state.usual // timedelta(minutes=1)} are usual{state.because}"


def is_passing(text: str | None) -> bool:
    """Whether a state is one that a node leaves by itself."""
    state = state_of(text)
    return state is not None and state.usual is not None
