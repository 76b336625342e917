"""One node as an item of an answer: its state, what is held against it, what it ran of late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from batchdoctor.core.failures.cause import FailureCause, cause_item
from batchdoctor.core.failures.signs import failure_information
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.reason_item import ReasonItem, reason_items
from batchdoctor.core.nodes.trouble import minutes_in_state
from batchdoctor.core.records import Node, NodeTask, StartTaskInformation
from batchdoctor.core.text.step import Step, commands_of
from batchdoctor.core.words import PlaceKind, Words

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause


class NodeErrorItem(Item, frozen=True, kw_only=True):
    """One error that the service tells of a node."""

    code: str | None
    message: str | None


class RecentTask(Item, frozen=True, kw_only=True):
    """A task that ran on a node of late, or runs there."""

    job_id: str | None
    task_id: str | None
    task_state: str | None
    result: str | None
    exit_code: int | None
    code: str | None


class StartTaskItem(Item, frozen=True, kw_only=True):
    """How the start task of a node went."""

    state: str | None
    result: str | None
    exit_code: int | None
    retry_count: int | None
    start_time: Moment | None
    end_time: Moment | None
    code: str | None
    message: str | None
    stderr: tuple[str, ...] | None
    """The last words of one that failed, from the place named; null where none could be read."""
    stderr_place: PlaceKind | None
    stderr_name: str | None
    """The path of that place."""
    stderr_problem: str | None
    """Why nearer places did not answer."""
    cause: FailureCause | None


class NodeItem(Item, frozen=True, kw_only=True):
    """A node in the spelling of the service, with a verdict on it."""

    pool_id: str
    node_id: str
    state: str | None
    scheduling_state: str | None
    minutes_in_state: int | None
    state_transition_time: Moment | None
    vm_size: str | None
    is_dedicated: bool | None
    allocation_time: Moment | None
    last_boot_time: Moment | None
    total_tasks_run: int | None
    total_tasks_succeeded: int | None
    running_tasks_count: int | None
    recent_tasks: tuple[RecentTask, ...]
    start_task: StartTaskItem | None
    errors: tuple[NodeErrorItem, ...]
    agent_version: str | None
    agent_update_time: Moment | None
    verdict: Literal["broken", "watch", "sound"]
    reasons: tuple[ReasonItem, ...]
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


class NodeSummary(Item, frozen=True, kw_only=True):
    """The node in two words."""

    state: str | None
    broken: bool


def node_item(
    node: Node,
    verdict: Literal["broken", "watch", "sound"],
    reasons: Sequence[Reason],
    advice: Sequence[Step],
    now: Moment,
    *,
    words: Words | None = None,
    cause: Cause | None = None,
) -> NodeItem:
    """The node as an item, with what was found against it.

    `words` are the last ones of a failed start task, `cause` is what they tell.
    """
    agent = node.node_agent_info
    return NodeItem(
        pool_id=node.pool_id,
        node_id=node.id,
        state=node.state,
        scheduling_state=node.scheduling_state,
        minutes_in_state=minutes_in_state(node, now),
        state_transition_time=node.state_transition_time,
        vm_size=node.vm_size,
        is_dedicated=node.is_dedicated,
        allocation_time=node.allocation_time,
        last_boot_time=node.last_boot_time,
        total_tasks_run=node.total_tasks_run,
        total_tasks_succeeded=node.total_tasks_succeeded,
        running_tasks_count=node.running_tasks_count,
        recent_tasks=tuple(_recent_task(task) for task in node.recent_tasks or ()),
        start_task=_start_task(node.start_task_info, words, cause),
        errors=tuple(
            NodeErrorItem(code=error.code or None, message=error.message or None)
            for error in node.errors or ()
        ),
        agent_version=agent.version if agent else None,
        agent_update_time=agent.last_update_time if agent else None,
        verdict=verdict,
        reasons=reason_items(reasons),
        advice=tuple(map(str, advice)),
        next_commands=commands_of(advice),
    )


def _recent_task(task: NodeTask) -> RecentTask:
    execution = task.execution_info
    information = failure_information(execution) if execution else None
    return RecentTask(
        job_id=task.job_id,
        task_id=task.task_id,
        task_state=task.task_state,
        result=execution.result if execution else None,
        exit_code=execution.exit_code if execution else None,
        code=information.code if information else None,
    )


def _start_task(
    info: StartTaskInformation | None, words: Words | None, cause: Cause | None
) -> StartTaskItem | None:
    if info is None:
        return None
    failure, place = info.failure_info, words.place if words else None
    return StartTaskItem(
        state=info.state,
        result=info.result,
        exit_code=info.exit_code,
        retry_count=info.retry_count,
        start_time=info.start_time,
        end_time=info.end_time,
        code=failure.code if failure else None,
        message=(failure.message or None) if failure else None,
        stderr=words.known if words else None,
        stderr_place=place.kind if place else None,
        stderr_name=place.name if place else None,
        stderr_problem=words.why_not_nearer if words else None,
        cause=cause_item(cause, place.label if place else None),
    )
