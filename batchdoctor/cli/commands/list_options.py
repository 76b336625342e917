"""Options of the four lists, and what they ask for as one value."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.option_group import OptionGroup
from batchdoctor.cli.options import MOST, FailOnAny

ChangedSince = Annotated[
    str | None,
    typer.Option("--since", help="Only changed since: 6h, today, 22:30, a time.", metavar="WHEN"),
]
ChangedUntil = Annotated[
    str | None,
    typer.Option("--until", help="Only changed until: 6h, today, 22:30, a time.", metavar="WHEN"),
]
Limit = Annotated[
    int | None, typer.Option(help="Stop after this many.", metavar="N", min=1, max=MOST)
]
NodeIds = Annotated[
    list[str] | None,
    typer.Option("--node", "--node-id", help="Only this node; again for more.", metavar="NODE"),
]


class Changed(OptionGroup, frozen=True, kw_only=True):
    """Only what changed in that time."""

    since: ChangedSince = None
    until: ChangedUntil = None


class Told(OptionGroup, frozen=True, kw_only=True):
    """How much of it is shown, and what the status says of it."""

    limit: Limit = None
    fail_on: FailOnAny = None


class JobState(StrEnum):
    """Values of `jobs list --state`."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DISABLING = "disabling"
    ENABLING = "enabling"
    TERMINATING = "terminating"
    COMPLETED = "completed"
    DELETING = "deleting"


class PoolState(StrEnum):
    """Values of `pools list --state`: of the pool, or of its allocation of nodes."""

    ACTIVE = "active"
    DELETING = "deleting"
    STEADY = "steady"
    RESIZING = "resizing"
    STOPPING = "stopping"


class NodeState(StrEnum):
    """Values of `nodes list --state`."""

    CREATING = "creating"
    STARTING = "starting"
    WAITING_FOR_START_TASK = "waitingforstarttask"
    START_TASK_FAILED = "starttaskfailed"
    IDLE = "idle"
    RUNNING = "running"
    OFFLINE = "offline"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"
    PREEMPTED = "preempted"
    REBOOTING = "rebooting"
    REIMAGING = "reimaging"
    UPGRADING_OS = "upgradingos"
    LEAVING_POOL = "leavingpool"
    DEALLOCATING = "deallocating"
    DEALLOCATED = "deallocated"


class TaskState(StrEnum):
    """Values of `tasks list --state`: of the task, or how it ended."""

    ACTIVE = "active"
    PREPARING = "preparing"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


RESULTS = {TaskState.FAILED: "failure", TaskState.SUCCEEDED: "success"}


class JobOrder(StrEnum):
    """Values of `jobs list --sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ID = "id"
    LONGEST = "longest"
    FAILED = "failed"


class PoolOrder(StrEnum):
    """Values of `pools list --sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ID = "id"


class NodeOrder(StrEnum):
    """Values of `nodes list --sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ID = "id"
    FAILED = "failed"


class TaskOrder(StrEnum):
    """Values of `tasks list --sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ID = "id"
    LONGEST = "longest"


def state_option(words: type[StrEnum]) -> typer.models.OptionInfo:
    """`--state`, for the states that a noun has."""
    shown = " or ".join([word.value for word in words][-2:])
    option: typer.models.OptionInfo = typer.Option(
        "--state",
        help=f"Only in this state, such as {shown}.",
        metavar="STATE",
        case_sensitive=False,
    )
    return option


def sort_option(words: type[StrEnum]) -> typer.models.OptionInfo:
    """`--sort`, for the orders that a noun has."""
    shown = ", ".join(word.value for word in words)
    option: typer.models.OptionInfo = typer.Option("--sort", help=f"By {shown}.", metavar="ORDER")
    return option
