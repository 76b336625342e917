"""`node remove`: nodes out of their pool for good, and what goes with them told and saved first."""

from __future__ import annotations

from pathlib import Path
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
    RunningTasksAndFiles,
    Watching,
)
from batchdoctor.cli.commands.nodes.change import change_nodes, wanted
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import node_names
from batchdoctor.work.changes.actions import REMOVE
from batchdoctor.work.files.download import check_folder

app = noun("node")


SaveLogs = Annotated[
    Path | None,
    typer.Option(help="First save there what failed tasks wrote.", metavar="DIR"),
]


@command(app, "remove", live=True)
def remove(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    save_logs: SaveLogs = None,
    *,
    tasks: RunningTasksAndFiles,
    max_share: MaxShare = LARGEST_SHARE,
    watching: Watching,
    care: Care,
) -> int:
    """Take nodes out of their pool for good, with all files on them.

    Example: batchdoctor node remove render/tvm-1 --save-logs evidence
    """
    if save_logs is not None:
        check_folder(save_logs)
    names = node_names(node, pool, call.world)
    how = wanted(watching, care, tasks, max_share)
    return change_nodes(call, REMOVE, names, how, care.consent, keep=save_logs)
