"""What an hour of a node may be spent on: the closed list, what each means, and what is a waste."""

from __future__ import annotations

from enum import StrEnum

from batchdoctor.core.nodes.states import state_of


class Purpose(StrEnum):
    """What a node did with some of its time."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REPEATED = "repeated"
    INTERRUPTED = "interrupted"
    RUNNING = "running"
    IDLE = "idle"
    NO_TASK = "no-task"
    STARTING = "starting"
    START_TASK_FAILED = "start-task-failed"
    UNUSABLE = "unusable"
    OFFLINE = "offline"
    LEAVING = "leaving"
    PREEMPTED = "preempted"
    NOT_KNOWN = "not-known"


MEANINGS: dict[Purpose, str] = {
    Purpose.SUCCEEDED: "first runs that succeeded",
    Purpose.FAILED: "first runs that failed",
    Purpose.REPEATED: "runs of tasks that ran before",
    Purpose.INTERRUPTED: "cut off, put back in the queue",
    Purpose.RUNNING: "have not ended",
    Purpose.IDLE: "ready, and no task ran",
    Purpose.NO_TASK: "no task ran, not told why",
    Purpose.STARTING: "booting, or in the start task",
    Purpose.START_TASK_FAILED: "the start task failed",
    Purpose.UNUSABLE: "the node is unusable",
    Purpose.OFFLINE: "kept from tasks by somebody",
    Purpose.LEAVING: "on the way out of the pool",
    Purpose.PREEMPTED: "taken back, and not charged",
    Purpose.NOT_KNOWN: "nobody tells",
}

# https://learn.microsoft.com/azure/batch/batch-spot-vms: a preempted node is not charged.
FREE = frozenset({Purpose.PREEMPTED})
OF_TASKS = (
    Purpose.SUCCEEDED,
    Purpose.FAILED,
    Purpose.REPEATED,
    Purpose.INTERRUPTED,
    Purpose.RUNNING,
)
# What a task that fails or is run again costs beyond what it is worth.
LOST_WORK = frozenset({Purpose.FAILED, Purpose.REPEATED, Purpose.INTERRUPTED})
OUT_OF_USE = frozenset(
    {Purpose.START_TASK_FAILED, Purpose.UNUSABLE, Purpose.OFFLINE, Purpose.PREEMPTED}
)

PURPOSES = tuple(Purpose)

_OF_STATES = {
    "idle": Purpose.IDLE,
    "running": Purpose.IDLE,
    "offline": Purpose.OFFLINE,
    "starttaskfailed": Purpose.START_TASK_FAILED,
    "unusable": Purpose.UNUSABLE,
    "preempted": Purpose.PREEMPTED,
    "leavingpool": Purpose.LEAVING,
    "deallocating": Purpose.LEAVING,
    "unknown": Purpose.NOT_KNOWN,
}


def purpose_of_state(state: str | None) -> Purpose:
    """What a node in a state does with the time in which it runs no task."""
    known = state_of(state)
    if known is None:
        return Purpose.NOT_KNOWN
    # All others are ways to come up.
    return _OF_STATES.get(known.name, Purpose.STARTING)
