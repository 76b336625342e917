"""The noun `node`: look at nodes or change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.change_options import (
    LARGEST_SHARE,
    LONGEST_WAIT,
    DryRun,
    MaxShare,
    Nodes,
    Pool,
    Requeue,
    RetainedData,
    TaskCompletion,
    Terminate,
    Wait,
    WaitTimeout,
    Yes,
    tasks_option,
)
from batchdoctor.cli.commands.node_change import change_nodes, change_these
from batchdoctor.cli.commands.node_login import login
from batchdoctor.cli.commands.node_logs import logs
from batchdoctor.cli.commands.node_show import show
from batchdoctor.cli.options import node_names
from batchdoctor.errors import UsageError
from batchdoctor.work.changes import actions as node_actions
from batchdoctor.work.changes.actions import DISABLE, ENABLE, START
from batchdoctor.work.changes.change import Wanted
from batchdoctor.work.changes.mine import my_nodes
from batchdoctor.work.folders import state_folder

app = noun("node")

command(app, "show", live=True, watched=True)(show)
command(app, "login", live=True)(login)
command(app, "logs", live=True)(logs)


@command(app, "disable", live=True)
def disable(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    requeue: Requeue = False,
    terminate: Terminate = False,
    task_completion: TaskCompletion = False,
    max_share: MaxShare = LARGEST_SHARE,
    wait: Wait = False,
    wait_timeout: WaitTimeout = LONGEST_WAIT,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Keep new tasks off nodes: they stay in the pool to be looked at.

    Example: batchdoctor node disable render/tvm-1 --requeue
    """
    wanted = Wanted(
        option=tasks_option(requeue=requeue, terminate=terminate, task_completion=task_completion),
        dry_run=dry_run,
        max_share=max_share,
        wait=wait,
        wait_timeout=wait_timeout,
    )
    return change_nodes(call, DISABLE, node_names(node, pool, call.world), wanted, yes=yes)


@command(app, "enable", live=True)
def enable(
    call: Call,
    node: Annotated[
        list[str] | None,
        typer.Argument(help="NODE with --pool, POOL/NODE, or -.", metavar="[NODE]..."),
    ] = None,
    pool: Pool = None,
    mine: Annotated[
        bool, typer.Option("--mine", help="The nodes that you disabled, by your own journal.")
    ] = False,
    wait: Wait = False,
    wait_timeout: WaitTimeout = LONGEST_WAIT,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Give nodes new tasks again.

    Example: batchdoctor node enable --mine
    """
    if bool(node) == mine:
        raise UsageError(
            "Say which nodes: name them, or ask for those that you disabled.",
            hint="batchdoctor node enable POOL/NODE, or batchdoctor node enable --mine",
        )
    wanted = Wanted(dry_run=dry_run, wait=wait, wait_timeout=wait_timeout)
    if not mine:
        return change_nodes(call, ENABLE, node_names(node or (), pool, call.world), wanted, yes=yes)
    journal = state_folder(call.world.environ)
    with call.client() as client:
        return change_these(call, client, ENABLE, my_nodes(journal, client, pool), wanted, yes=yes)


@command(app, "start", live=True)
def start(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    wait: Wait = False,
    wait_timeout: WaitTimeout = LONGEST_WAIT,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Start nodes that were deallocated.

    Example: batchdoctor node start render/tvm-1 --wait
    """
    wanted = Wanted(dry_run=dry_run, wait=wait, wait_timeout=wait_timeout)
    return change_nodes(call, START, node_names(node, pool, call.world), wanted, yes=yes)


def _leaving(name: str, help_text: str) -> None:
    """Register a change that takes nodes away from their tasks; all take the same options."""

    def change(
        call: Call,
        node: Nodes,
        pool: Pool = None,
        requeue: Requeue = False,
        terminate: Terminate = False,
        task_completion: TaskCompletion = False,
        retained_data: RetainedData = False,
        max_share: MaxShare = LARGEST_SHARE,
        wait: Wait = False,
        wait_timeout: WaitTimeout = LONGEST_WAIT,
        yes: Yes = False,
        dry_run: DryRun = False,
    ) -> int:

        wanted = Wanted(
            option=tasks_option(
                requeue=requeue,
                terminate=terminate,
                task_completion=task_completion,
                retained_data=retained_data,
            ),
            dry_run=dry_run,
            max_share=max_share,
            wait=wait,
            wait_timeout=wait_timeout,
        )
        action = node_actions.LEAVING[name]
        return change_nodes(call, action, node_names(node, pool, call.world), wanted, yes=yes)

    change.__doc__ = help_text
    command(app, name, live=True)(change)


_LEAVING: Sequence[tuple[str, str]] = (
    (
        "reboot",
        """Restart nodes, once each, and see with --wait how their start task ends.

    Example: batchdoctor node reboot render/tvm-1 --wait
    """,
    ),
    (
        "reimage",
        """Put a fresh operating system on nodes.

    Example: batchdoctor node reimage render/tvm-1 --task-completion
    """,
    ),
    (
        "deallocate",
        """Stop nodes and give their machines back; node start brings them up again.

    Example: batchdoctor node deallocate render/tvm-1
    """,
    ),
    (
        "remove",
        """Take nodes out of their pool for good.

    Example: batchdoctor nodes suspect -o ids | batchdoctor node remove - --yes
    """,
    ),
)
for _name, _help in _LEAVING:
    _leaving(_name, _help)
