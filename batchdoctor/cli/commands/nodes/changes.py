"""Changes of nodes: no more tasks for a while, or a fresh start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import (
    LARGEST_SHARE,
    Care,
    MaxShare,
    Nodes,
    Pool,
    RunningTasks,
    RunningTasksAndFiles,
    Watching,
)
from batchdoctor.cli.commands.nodes.change import change_nodes, change_these, wanted
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import node_names
from batchdoctor.errors import UsageError
from batchdoctor.work.changes.actions import DISABLE, ENABLE, LEAVING, START
from batchdoctor.work.changes.mine import my_nodes
from batchdoctor.work.folders import state_folder

app = noun("node")


@command(app, "disable", live=True)
def disable(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    *,
    tasks: RunningTasks,
    max_share: MaxShare = LARGEST_SHARE,
    watching: Watching,
    care: Care,
) -> int:
    """Keep new tasks off nodes: they stay in the pool to be looked at.

    Example: batchdoctor node disable render/tvm-1 --requeue
    """
    how = wanted(watching, care, tasks, max_share)
    return change_nodes(call, DISABLE, node_names(node, pool, call.world), how, care.consent)


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
    *,
    watching: Watching,
    care: Care,
) -> int:
    """Give nodes new tasks again.

    Example: batchdoctor node enable --mine
    """
    if bool(node) == mine:
        raise UsageError(
            "Say which nodes: name them, or ask for those that you disabled.",
            hint="batchdoctor node enable POOL/NODE, or batchdoctor node enable --mine",
        )
    how = wanted(watching, care)
    if not mine:
        names = node_names(node or (), pool, call.world)
        return change_nodes(call, ENABLE, names, how, care.consent)
    journal = state_folder(call.world.environ)
    with call.client() as client:
        names = my_nodes(journal, client, pool)
        return change_these(call, client, ENABLE, names, how, care.consent)


@command(app, "start", live=True)
def start(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    *,
    watching: Watching,
    care: Care,
) -> int:
    """Start nodes that were deallocated.

    Example: batchdoctor node start render/tvm-1 --wait
    """
    names = node_names(node, pool, call.world)
    return change_nodes(call, START, names, wanted(watching, care), care.consent)


def _leaving(name: str, help_text: str) -> None:
    """Register a change that takes nodes away from their tasks; all take the same options."""

    def change(
        call: Call,
        node: Nodes,
        pool: Pool = None,
        *,
        tasks: RunningTasksAndFiles,
        max_share: MaxShare = LARGEST_SHARE,
        watching: Watching,
        care: Care,
    ) -> int:
        action, how = LEAVING[name], wanted(watching, care, tasks, max_share)
        return change_nodes(call, action, node_names(node, pool, call.world), how, care.consent)

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
)
for _name, _help in _LEAVING:
    _leaving(_name, _help)
