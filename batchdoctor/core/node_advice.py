"""What to type next about a node: exact command lines, the safest first."""

from __future__ import annotations

import shlex
from collections.abc import Collection

ALL_START_TASKS_FAIL = (
    "the start task fails on every node of the pool: a reboot repeats it, so correct it first"
)
NETWORK_CHECK = (
    "check that the node's subnet allows outbound 443 to the BatchNodeManagement service tag,"
    " or that the node management private endpoint resolves"
)


class NodeCommands:
    """Command lines for one node, quoted for a shell."""

    def __init__(self, pool_id: str, node_id: str) -> None:
        self._node = shlex.quote(node_id)
        self._pool = _option("--pool", pool_id)
        self._files = f"{self._pool} {_option('--node', node_id)}"

    def act(self, verb: str, *options: str) -> str:
        """Give a command about the node: show, disable, enable, reboot, reimage, remove, logs."""
        return " ".join(("batchdoctor node", verb, self._node, self._pool, *options))

    def start_task_file(self, name: str) -> str:
        """Give the command that fetches what the start task wrote to stdout or stderr."""
        return f"batchdoctor files get {name} {self._files} --start-task"

    def failed_tasks(self) -> str:
        """Give the command that groups the pool's failed tasks by node."""
        return f"batchdoctor tasks failed {self._pool} --by node"

    def diagnose_pool(self) -> str:
        """Give the command that looks at the pool around the node."""
        return f"batchdoctor pool diagnose {self._pool}"


def advice_for(
    commands: NodeCommands,
    kinds: Collection[str],
    *,
    accused: bool,
    disabled: bool,
    start_task_fails_everywhere: bool,
) -> tuple[str, ...]:
    """Give the next steps for a node with reasons of these kinds.

    `accused`: it is suspect by its failures. `disabled`: scheduling is off already.
    """
    stop = () if disabled else (commands.act("disable", "--requeue"),)
    restart = tuple(commands.act(verb) for verb in ("reboot", "reimage", "remove"))
    start_task_files = (commands.start_task_file("stderr"), commands.start_task_file("stdout"))
    again = ALL_START_TASKS_FAIL if start_task_fails_everywhere else commands.act("reboot")
    look = (commands.failed_tasks(), commands.start_task_file("stderr"))
    # The first that applies counts: the state goes before the failures, which may follow from it.
    plans: tuple[tuple[bool, tuple[str, ...]], ...] = (
        ("start-task-failed" in kinds, (*start_task_files, again, commands.act("remove"))),
        ("agent-unreachable" in kinds, (NETWORK_CHECK, commands.diagnose_pool(), *restart)),
        ("node-error" in kinds, (*stop, commands.act("logs"), *restart)),
        ("unknown" in kinds, (commands.act("show"), *restart)),
        ("stuck" in kinds, (commands.act("show"), *start_task_files, commands.act("remove"))),
        (accused, (*stop, *look, *restart)),
        ("offline" in kinds, (commands.act("show"), commands.act("enable"))),
    )
    watch = (*look, commands.act("show"))
    return next((steps for applies, steps in plans if applies), watch)


def _option(name: str, value: str) -> str:
    """Write an option so that a value with a dash in front is not taken for another option."""
    return (
        f"{name}={shlex.quote(value)}" if value.startswith("-") else f"{name} {shlex.quote(value)}"
    )
