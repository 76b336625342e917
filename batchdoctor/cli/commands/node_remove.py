"""`node remove`: nodes out of their pool for good, and what goes with them told and saved first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.change_options import (
    LARGEST_SHARE,
    LONGEST_WAIT,
    Confirm,
    DryRun,
    MaxShare,
    Nodes,
    NoJournal,
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
from batchdoctor.cli.commands.node_change import change_nodes
from batchdoctor.cli.consent import Consent
from batchdoctor.cli.options import node_names
from batchdoctor.work.changes.actions import REMOVE
from batchdoctor.work.changes.change import Wanted

SaveLogs = Annotated[
    Path | None,
    typer.Option(help="First save there what failed tasks wrote.", metavar="DIR"),
]


def remove(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    save_logs: SaveLogs = None,
    requeue: Requeue = False,
    terminate: Terminate = False,
    task_completion: TaskCompletion = False,
    retained_data: RetainedData = False,
    max_share: MaxShare = LARGEST_SHARE,
    wait: Wait = False,
    wait_timeout: WaitTimeout = LONGEST_WAIT,
    yes: Yes = False,
    no_journal: NoJournal = False,
    confirm: Confirm = None,
    dry_run: DryRun = False,
) -> int:
    """Take nodes out of their pool for good, with all files on them.

    Example: batchdoctor node remove render/tvm-1 --save-logs evidence
    """
    wanted = Wanted(
        option=tasks_option(
            requeue=requeue,
            terminate=terminate,
            task_completion=task_completion,
            retained_data=retained_data,
        ),
        dry_run=dry_run,
        in_journal=not no_journal,
        max_share=max_share,
        wait=wait,
        wait_timeout=wait_timeout,
    )
    if save_logs is not None:
        from batchdoctor.work.files.download import check_folder

        check_folder(save_logs)
    names = node_names(node, pool, call.world)
    return change_nodes(call, REMOVE, names, wanted, Consent.of(yes, confirm), keep=save_logs)
