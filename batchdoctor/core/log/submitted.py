"""A job that counts logs on a pool: its tasks, planned and made."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from batchdoctor.core.changes import Outcome
from batchdoctor.core.item import Item


class TaskPart(StrEnum):
    """What a task of such a job does."""

    MAP = "map"
    REDUCE = "reduce"
    FINAL = "final"


class PlannedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task to be made: what it reads, its words after the program's own, whom it waits for."""

    id: str
    part: TaskPart
    words: tuple[str, ...]
    after: tuple[str, ...] = ()
    day: str | None = None
    logs: int = 0
    size: int = 0


class SubmittedTask(Item, frozen=True, kw_only=True):
    """A task of the job; `day` and `logs` are what a map reads, `dependsOn` how many it awaits."""

    job_id: str
    task_id: str
    part: TaskPart
    outcome: Outcome
    day: str | None
    logs: int
    bytes: int
    depends_on: int
    command_line: str

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class SubmitSummary(Item, frozen=True, kw_only=True):
    """The job as a whole; `place` is where its counts go, `leftOut` the logs that still grow."""

    job_id: str
    pool_id: str
    outcome: Outcome
    place: str
    maps: int
    reduces: int
    logs: int
    bytes: int
    left_out: int
