"""What each state of a node means, and what to do about a node that stays in it.

States: https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
"""

from __future__ import annotations

import msgspec

from batchdoctor.core.text.step import Step, run, say

PAGE = "https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking"

_ON_ITS_WAY = (
    run(
        "batchdoctor node show NODE --pool POOL",
        "Up to half an hour is nothing unusual; after that",
    ),
    run("batchdoctor pool diagnose --pool POOL"),
)


class StateMeaning(msgspec.Struct, frozen=True):
    """A state of a node; the actions are written as those of the catalog of error codes."""

    state: str
    meaning: str
    actions: tuple[Step, ...] = ()


# In the order of a node's life; the spelling is that of the node counts.
NODE_STATES: tuple[StateMeaning, ...] = (
    StateMeaning("creating", "The virtual machine is being allocated.", _ON_ITS_WAY),
    StateMeaning("starting", "The Batch agent is starting on the machine.", _ON_ITS_WAY),
    StateMeaning(
        "waitingForStartTask",
        "The start task runs, and the pool waits for its success before the node takes tasks.",
        (run("batchdoctor files get stdout --pool POOL --node NODE --start-task"), *_ON_ITS_WAY),
    ),
    StateMeaning(
        "startTaskFailed",
        "The start task failed and the pool waits for its success, so the node takes no tasks.",
        (
            run("batchdoctor files get stderr --pool POOL --node NODE --start-task"),
            run("batchdoctor node reboot NODE --pool POOL", "If other nodes got past it"),
            say("If it fails on every node, correct the start task first: a reboot repeats it."),
        ),
    ),
    StateMeaning("idle", "The node is ready, and no task runs on it."),
    StateMeaning("running", "The node runs at least one task."),
    StateMeaning(
        "unusable",
        "The node cannot run tasks and still costs money. With errors in its record they say why;"
        " without any the service cannot reach its agent: network, DNS or firewall.",
        (
            run("batchdoctor node show NODE --pool POOL"),
            run("batchdoctor node logs NODE --pool POOL --container-file URL.txt"),
            run("batchdoctor node remove NODE --pool POOL"),
            run(
                "batchdoctor node reboot NODE --pool POOL", "Unless the service refuses, as it may"
            ),
        ),
    ),
    StateMeaning(
        "offline",
        "Somebody disabled scheduling on the node, and no task is left on it.",
        (run("batchdoctor node enable NODE --pool POOL"),),
    ),
    StateMeaning(
        "preempted",
        "A spot node that Azure took back. It keeps its id and comes back when there is capacity;"
        " its tasks went back to the queue.",
        (run("batchdoctor pool diagnose --pool POOL"),),
    ),
    StateMeaning(
        "unknown",
        "The service lost sight of the node; its tasks may still be running.",
        (
            run("batchdoctor node show NODE --pool POOL", "Give it some minutes, then"),
            run(
                "batchdoctor node reboot NODE --pool POOL", "Unless the service refuses, as it may"
            ),
        ),
    ),
    StateMeaning("rebooting", "The node is being restarted; the start task runs again after it."),
    StateMeaning("reimaging", "The node gets its operating system anew; its files are lost."),
    StateMeaning("upgradingOS", "The operating system of the node is being upgraded."),
    StateMeaning(
        "leavingPool",
        "The node is being removed; it may wait for running tasks to end first.",
        (run("batchdoctor node show NODE --pool POOL"),),
    ),
    StateMeaning("deallocating", "The node is being stopped by request; its disk is kept."),
    StateMeaning(
        "deallocated",
        "The node was stopped by request; it costs no computing time and takes no tasks.",
        (run("batchdoctor node start NODE --pool POOL"),),
    ),
)


def node_state_meaning(text: str) -> StateMeaning | None:
    """The meaning of a node's state, spelled in any case; None for what is no state."""
    return next((each for each in NODE_STATES if each.state.lower() == text.lower()), None)
