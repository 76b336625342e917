"""How a wait ended, in one sentence and as an item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import span_text
from batchdoctor.core.text.wording import sentence
from batchdoctor.core.waits.condition import Condition, Noun
from batchdoctor.core.waits.item import Outcome, Target, TaskNumbers, WaitItem
from batchdoctor.core.waits.job import JobSeen
from batchdoctor.core.waits.pool import PoolSeen
from batchdoctor.core.waits.verdict import Reason, Seen


class Ended(msgspec.Struct, frozen=True):
    """How: which condition has come true, or why none of them can."""

    outcome: Outcome
    condition: Condition | None = None
    why: str = ""
    reason: Reason | None = None


def wait_item(
    target: Target,
    conditions: Sequence[Condition],
    ended: Ended,
    seen: Seen | None,
    *,
    begin: datetime,
    end: datetime,
    polls: int,
    failed_polls: int,
) -> WaitItem:
    """The end of a wait as an item."""
    severity = seen.severity if seen else None
    return WaitItem(
        noun=target.noun,
        job_id=target.job_id,
        task_id=target.task_id,
        pool_id=target.pool_id,
        node_id=target.node_id,
        until=tuple(condition.text for condition in conditions),
        outcome=ended.outcome,
        became=ended.condition.text if ended.condition else None,
        reason=ended.reason,
        message=_message(target, conditions, ended, seen, span_text(end - begin)),
        severity=severity,
        state=seen.state if seen else None,
        tasks=_tasks(seen),
        nodes_ready=seen.ready if isinstance(seen, PoolSeen) and seen.counts else None,
        begin_time=begin,
        end_time=end,
        waited_seconds=(end - begin).total_seconds(),
        polls=polls,
        failed_polls=failed_polls,
        next_commands=_next(target, ended.outcome, well=severity is None),
    )


def _message(
    target: Target, conditions: Sequence[Condition], ended: Ended, seen: Seen | None, spent: str
) -> str:
    hopes = " or ".join(condition.hope for condition in conditions)
    told = seen.told if seen else "nothing could be read of it"
    match ended.outcome:
        case Outcome.SO if ended.condition:
            # A state that is the condition itself is not said twice.
            more = "" if told == f"it {ended.condition.words}" else f": {told}"
            said = f"{ended.condition.words}{more}; waited {spent}"
        case Outcome.NEVER:
            said = f"can never {hopes}: {ended.why}; waited {spent}"
        case Outcome.TIMED_OUT:
            said = f"is yet to {hopes} after {spent} (--timeout): {told}"
        case _:
            said = f"is yet to {hopes}, interrupted after {spent}: {told}"
    return sentence(f"{target} {said}")


def _tasks(seen: Seen | None) -> TaskNumbers | None:
    if not isinstance(seen, JobSeen):
        return None
    counts = seen.counts
    return TaskNumbers(
        active=counts.active,
        running=counts.running,
        completed=counts.completed,
        succeeded=counts.succeeded,
        failed=counts.failed,
    )


def _next(target: Target, outcome: Outcome, *, well: bool) -> tuple[str, ...]:
    """What to type next, where something is wrong."""
    if well and outcome is Outcome.SO:
        return ()
    match target.noun:
        case Noun.JOB:
            job = target.job_id
            asked = [] if well else [command_line("tasks", "failed", job=job)]
            return (*asked, command_line("job", "diagnose", job=job))
        case Noun.POOL:
            return (command_line("pool", "diagnose", pool=target.pool_id),)
        case Noun.NODE:
            return (command_line("node", "show", f"{target.pool_id}/{target.node_id}"),)
        case Noun.TASK:
            return (command_line("task", "show", job=target.job_id, task=target.task_id),)
