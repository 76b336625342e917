"""What to type next about a node: exact command lines, the safest first."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from batchdoctor.core.names import TaskName
from batchdoctor.core.nodes.reason import FAILS_OFTEN
from batchdoctor.core.records import StartTaskInformation, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say

ALL_START_TASKS_FAIL = (
    "the start task fails on every node of the pool: a reboot repeats it, so correct it first"
)
NETWORK_CHECK = (
    "check that the node's subnet allows outbound 443 to the BatchNodeManagement service tag,"
    " or that the node management private endpoint resolves"
)
# https://learn.microsoft.com/azure/batch/simplified-compute-node-communication
CLASSIC_NETWORK_CHECK = (
    "the pool's nodes communicate in the classic way, which Batch ended on 2026-03-31: check that"
    " their subnet allows inbound TCP 29876-29877 from the BatchNodeManagement service tag and"
    " outbound 443 to Storage and BatchNodeManagement, or move the pool to simplified communication"
)


def network_check(communication_mode: str | None) -> str:
    """Say what a node's network must allow, by how the nodes of its pool communicate."""
    return CLASSIC_NETWORK_CHECK if same(communication_mode, "classic") else NETWORK_CHECK


# Rebooting and reimaging are documented for nodes that are idle or running:
# https://learn.microsoft.com/rest/api/batchservice/nodes/reboot-node
MAY_BE_REFUSED = "Unless the service refuses it in this state"
# What `node logs` cannot do without: a file with the signed URL of a container.
_CONTAINER = ("--container-file", "URL.txt")


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

    def task_file(self, task: TaskName) -> str:
        """Give the command that shows the end of what a task wrote to stderr."""
        return command_line("files", "tail", "stderr", job=task.job_id, task=task.task_id)

    def suspects(self) -> str:
        """Give the command that tells whether the failures are the node's or its jobs'."""
        return f"batchdoctor nodes suspect {self._pool}"

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
    start_task: StartTaskInformation | None = None,
    failed_task: TaskName | None = None,
    error_steps: tuple[Step, ...] = (),
    start_steps: tuple[Step, ...] = (),
    leaving: bool = False,
    communication_mode: str | None = None,
) -> tuple[Step, ...]:
    """Give the next steps for a node with reasons of these kinds.

    `accused`: it is suspect by its failures. `disabled`: scheduling is off already. `failed_task`
    is one that failed on the node, as far as that is known. `error_steps` help with the errors that
    the node reports, `start_steps` with a start task whose program never ran. `leaving`: it is on
    its way out of the pool, so nobody need remove it. `communication_mode` is how the nodes of the
    pool communicate, if known.
    """
    show = run(commands.act("show"))
    stop = () if disabled else (run(commands.act("disable", "--requeue")),)
    replace = _replacements(commands)
    begun = tuple(run(commands.start_task_file(name)) for name in ("stderr", "stdout"))
    again = (
        say(ALL_START_TASKS_FAIL) if start_task_fails_everywhere else run(commands.act("reboot"))
    )
    begun_badly = start_task is not None and not same(start_task.result, "success")
    look = _look(commands, failed_task, start_task_wrote=begun_badly and not start_steps)
    # The first that applies counts: the state goes before the failures, which may follow from it.
    plans: tuple[tuple[bool, tuple[Step, ...]], ...] = (
        (
            "start-task-failed" in kinds,
            start_steps or (show, again, run(commands.act("remove"))),
        ),
        (
            "agent-unreachable" in kinds,
            (say(network_check(communication_mode)), run(commands.diagnose_pool()), *replace),
        ),
        (
            "node-error" in kinds,
            error_steps or (run(commands.act("logs", *_CONTAINER)), *replace),
        ),
        ("unknown" in kinds, (show, *replace)),
        (
            "stuck" in kinds,
            (show, *(begun if start_task else ()), *(() if leaving else replace[:1])),
        ),
        (accused, (*stop, *look, *_restarts(commands))),
        (FAILS_OFTEN in kinds, (run(commands.suspects()), *look)),
        ("offline" in kinds, (show, run(commands.act("enable")))),
    )
    watch = (*look, show)
    return next((steps for applies, steps in plans if applies), watch)


def _restarts(commands: NodeCommands) -> tuple[Step, ...]:
    """What may mend a node that answers, the mildest first."""
    return tuple(run(commands.act(verb)) for verb in ("reboot", "reimage", "remove"))


def _replacements(commands: NodeCommands) -> tuple[Step, ...]:
    """What is left for a node that does not answer: another in its place first."""
    return (
        run(commands.act("remove")),
        *(run(commands.act(verb), MAY_BE_REFUSED) for verb in ("reboot", "reimage")),
    )


def _look(
    commands: NodeCommands, failed_task: TaskName | None, *, start_task_wrote: bool
) -> tuple[Step, ...]:
    """Where to look before anything is done."""
    return (
        run(commands.failed_tasks()),
        *([run(commands.task_file(failed_task))] if failed_task else []),
        *([run(commands.start_task_file("stderr"))] if start_task_wrote else []),
    )


def _option(name: str, value: str) -> str:
    """Write an option so that a value with a dash in front is not taken for another option."""
    return (
        f"{name}={shlex.quote(value)}" if value.startswith("-") else f"{name} {shlex.quote(value)}"
    )
