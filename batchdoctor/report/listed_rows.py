"""The columns of the lists of jobs, pools, nodes and tasks, and what to type about a line."""

from __future__ import annotations

from datetime import datetime, timedelta

from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import span_text
from batchdoctor.report.listings import Kind
from batchdoctor.report.page import Column, Tone

_TONES = {
    "failed": Tone.BAD,
    "succeeded": Tone.GOOD,
    "unusable": Tone.BAD,
    "starttaskfailed": Tone.BAD,
    "unknown": Tone.WARN,
    "preempted": Tone.WARN,
    "offline": Tone.WARN,
    "disabled": Tone.WARN,
    "disabling": Tone.WARN,
    "resizing": Tone.WARN,
    "stopping": Tone.WARN,
}


def _tone(state: str) -> Tone:
    return _TONES.get(state.partition(",")[0].lower(), Tone.PLAIN)


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _lasting(since: datetime | None, now: datetime) -> str:
    """How long a state lasts, in its largest unit: a list is looked over, not read."""
    if since is None:
        return "?"
    count, unit, *_ = span_text(now - since).split(" ")
    return f"{count} {unit}"


def _took(seconds: float | None) -> str:
    return "" if seconds is None else span_text(timedelta(seconds=seconds))


def _job_columns(now: datetime) -> tuple[Column[ListedJob], ...]:
    return (
        Column("STATE", lambda item: item.state or "?", tone_of=_tone),
        Column("JOB", lambda item: item.job_id),
        Column("ACTIVE", lambda item: _number(item.active_tasks), right=True),
        Column("RUN", lambda item: _number(item.running_tasks), right=True),
        Column("OK", lambda item: _number(item.succeeded_tasks), right=True),
        Column("FAILED", lambda item: _number(item.failed_tasks), right=True),
        Column("FOR", lambda item: _lasting(item.state_transition_time, now), right=True),
        Column("POOL", lambda item: item.pool_id or "?", lead=False),
    )


def _about_job(item: ListedJob) -> str | None:
    return command_line("tasks", "failed", job=item.job_id) if item.failed_tasks else None


JOBS: Kind[ListedJob] = Kind(
    noun="job",
    item_type=ListedJob,
    columns=_job_columns,
    next_command=_about_job,
)


def _size(current: int | None, target: int | None) -> str:
    if not current and not target:
        return "-"
    return f"{_number(current)}/{_number(target)}"


def _node_states(item: ListedPool) -> str:
    states = item.nodes_by_state
    return "?" if states is None else ", ".join(f"{n:,} {state}" for state, n in states.items())


def _pool_columns(_now: datetime) -> tuple[Column[ListedPool], ...]:
    return (
        Column("STATE", lambda item: item.stands or "?", tone_of=_tone),
        Column("POOL", lambda item: item.pool_id),
        Column(
            "NODES",
            lambda i: _size(i.current_dedicated_nodes, i.target_dedicated_nodes),
            right=True,
        ),
        Column(
            "SPOT",
            lambda i: _size(i.current_low_priority_nodes, i.target_low_priority_nodes),
            right=True,
        ),
        Column("SIZE", lambda item: item.vm_size or "?"),
        Column("NODES ARE", _node_states, lead=False),
        Column("ERRORS", lambda item: ", ".join(item.resize_errors), lead=False),
    )


def _about_pool(item: ListedPool) -> str | None:
    short = (item.current_dedicated_nodes or 0) < (item.target_dedicated_nodes or 0)
    broken = any(has_trait(state, Trait.STAYS) for state in item.nodes_by_state or ())
    if not (item.resize_errors or short or broken):
        return None
    return command_line("pool", "diagnose", pool=item.pool_id)


POOLS: Kind[ListedPool] = Kind(
    noun="pool",
    item_type=ListedPool,
    columns=_pool_columns,
    next_command=_about_pool,
)


def _node_state(item: ListedNode) -> str:
    parked = (item.scheduling_state or "").lower() == "disabled"
    return f"{item.state or '?'}{', disabled' if parked else ''}"


def _failures(item: ListedNode) -> str:
    """How many of its tasks failed, of how many; an old node counts none."""
    if item.total_tasks_run is None or item.total_tasks_succeeded is None:
        return "?"
    return f"{item.total_tasks_run - item.total_tasks_succeeded:,}/{item.total_tasks_run:,}"


def _troubles(item: ListedNode) -> str:
    exit_code = item.start_task_exit_code
    start = [f"start task exited with {exit_code}"] if exit_code else []
    return ", ".join([*item.errors, *start])


def _node_columns(now: datetime) -> tuple[Column[ListedNode], ...]:
    return (
        Column("STATE", _node_state, tone_of=_tone),
        Column("FOR", lambda item: _lasting(item.state_transition_time, now), right=True),
        Column("RUN", lambda item: _number(item.running_tasks_count), right=True),
        Column("FAILED", _failures, right=True),
        # Last on its line, so that a long one moves nothing.
        Column("POOL/NODE", lambda item: item.name),
        Column("ERRORS", _troubles, lead=False),
    )


def _about_node(item: ListedNode) -> str | None:
    if not (item.errors or has_trait(item.state, Trait.STAYS)):
        return None
    return command_line("node", "show", item.name)


NODES: Kind[ListedNode] = Kind(
    noun="node",
    item_type=ListedNode,
    columns=_node_columns,
    next_command=_about_node,
)


def _where(item: ListedTask) -> str:
    return f"{item.pool_id}/{item.node_id}" if item.node_id else ""


def _task_columns(now: datetime) -> tuple[Column[ListedTask], ...]:
    return (
        Column("STATE", lambda item: item.stands or "?", tone_of=_tone),
        Column(
            "EXIT",
            lambda item: "" if item.exit_code is None else str(item.exit_code),
            right=True,
        ),
        Column("TOOK", lambda item: _took(item.duration_seconds), right=True),
        Column("FOR", lambda item: _lasting(item.state_transition_time, now), right=True),
        Column("JOB/TASK", lambda item: item.name),
        Column("CODE", lambda item: item.code or "", lead=False),
        Column("NODE", _where, lead=False),
    )


def _about_task(item: ListedTask) -> str | None:
    return command_line("task", "show", item.name) if item.stands == "failed" else None


TASKS: Kind[ListedTask] = Kind(
    noun="task",
    item_type=ListedTask,
    columns=_task_columns,
    next_command=_about_task,
)
