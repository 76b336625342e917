"""Options of `tasks failed`: which failures, in which form."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.options import MOST
from batchdoctor.core.meaning.category import Category


class By(StrEnum):
    """Values of `--by`."""

    NODE = "node"
    CODE = "code"
    CATEGORY = "category"
    EXIT_CODE = "exit-code"
    JOB = "job"
    MESSAGE = "message"


class FailureOrder(StrEnum):
    """Values of `--sort`."""

    NEWEST = "newest"
    OLDEST = "oldest"


OfJobs = Annotated[
    list[str] | None,
    # The page of help has no line to spare; its first line shows it.
    typer.Argument(help="Only of these jobs; - reads them.", metavar="[JOB]...", hidden=True),
]
OfPool = Annotated[
    str | None,
    typer.Option("--pool", "--pool-id", help="Only tasks that ran there.", metavar="POOL"),
]
OfCategory = Annotated[
    Category | None, typer.Option(help="Only this kind of failure.", metavar="CATEGORY")
]
WithExitCode = Annotated[int | None, typer.Option(help="Only with this exit code.", metavar="N")]
Sort = Annotated[
    FailureOrder | None,
    typer.Option(help="In the order newest or oldest; waits for all.", metavar="ORDER"),
]
Limit = Annotated[
    int | None, typer.Option(help="Stop after this many.", metavar="N", min=1, max=MOST)
]
Grouped = Annotated[
    By | None,
    typer.Option(help="By node, code, category, exit-code, job or message.", metavar="KEY"),
]
StderrLines = Annotated[
    int | None,
    typer.Option(
        help="Add the last lines of stderr.",
        min=1,
        max=MOST,
        metavar="N",
    ),
]
Everything = Annotated[
    bool, typer.Option("--all", help="List every one on a terminal too, not the newest 20.")
]
SaveLogs = Annotated[
    Path | None,
    typer.Option(help="Save stdout and stderr of each task below it.", metavar="FOLDER"),
]
