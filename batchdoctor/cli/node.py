"""The noun `node`: look at a node or change one."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import node_names
from batchdoctor.errors import UsageError

app = noun("node", "Act on given nodes.")

Nodes = Annotated[
    list[str],
    typer.Argument(
        help="NODE with --pool, or POOL/NODE; - reads them from standard input.", metavar="NODE..."
    ),
]
Pool = Annotated[
    str | None, typer.Option("--pool", "--pool-id", help="The pool of the nodes.", metavar="POOL")
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would be done, only.")]


@command(app, "disable", live=True)
def disable(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    requeue: Annotated[
        bool, typer.Option("--requeue", help="Stop running tasks, queue them again (default).")
    ] = False,
    terminate: Annotated[
        bool, typer.Option("--terminate", help="End running tasks as failed.")
    ] = False,
    task_completion: Annotated[
        bool, typer.Option("--task-completion", help="Let running tasks finish first.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Keep new tasks off nodes: they stay in the pool to be looked at.

    Example: batchdoctor node disable render/tvm-1 --requeue
    """
    from batchdoctor.cli.node_change import DISABLE, change_nodes

    wanted = {"requeue": requeue, "terminate": terminate, "taskcompletion": task_completion}
    chosen = [option for option, is_wanted in wanted.items() if is_wanted] or ["requeue"]
    if len(chosen) > 1:
        raise UsageError(
            "Running tasks can be treated in one way only.",
            hint="give one of --requeue, --terminate, --task-completion",
        )
    names = node_names(node, pool, call.world)
    return change_nodes(call, DISABLE, names, chosen[0], yes=yes, dry_run=dry_run)
