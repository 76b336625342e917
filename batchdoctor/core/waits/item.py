"""What a wait came to, as an item of an answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.waits.condition import Noun
from batchdoctor.core.waits.verdict import Reason
from batchdoctor.errors import ExitCode


class Outcome(StrEnum):
    """How a wait ended."""

    SO = "so"
    NEVER = "never"
    TIMED_OUT = "timed-out"
    INTERRUPTED = "interrupted"


STATUSES = {
    Outcome.SO: ExitCode.OK,
    Outcome.NEVER: ExitCode.NEVER,
    Outcome.TIMED_OUT: ExitCode.UNREACHABLE,
    Outcome.INTERRUPTED: ExitCode.INTERRUPTED,
}


class TaskNumbers(Item, frozen=True, kw_only=True):
    """The tasks of a job by state; the service calls these figures approximate."""

    active: int
    running: int
    completed: int
    succeeded: int
    failed: int


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is waited for: a noun, and the ids that apply."""

    noun: Noun
    job_id: str | None = None
    task_id: str | None = None
    pool_id: str | None = None
    node_id: str | None = None

    def __str__(self) -> str:
        ids = (self.pool_id, self.node_id) if self.pool_id else (self.job_id, self.task_id)
        return f"{self.noun.value} {'/'.join(each for each in ids if each)}"


class WaitItem(Item, frozen=True, kw_only=True):
    """The end of a wait.

    `until` is what was waited for, `became` what of it has come true, `reason` why none of it can.
    `severity` is how bad what came of it is, null for what is well. `tasks` are the counts of a
    job, `nodesReady` is how many nodes of a pool take tasks; null where that was not asked.
    """

    noun: Noun
    job_id: str | None
    task_id: str | None
    pool_id: str | None
    node_id: str | None
    until: tuple[str, ...]
    outcome: Outcome
    became: str | None
    reason: Reason | None
    message: str
    severity: Severity | None
    state: str | None
    tasks: TaskNumbers | None
    nodes_ready: int | None
    begin_time: Moment
    end_time: Moment
    waited_seconds: float
    polls: int
    failed_polls: int
    next_commands: tuple[str, ...]


class WaitSummary(Item, frozen=True, kw_only=True):
    """A wait in numbers; `failedPolls` are looks that the service did not answer."""

    outcome: Outcome | None
    polls: int
    failed_polls: int
    waited_seconds: float
