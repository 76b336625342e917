"""Options of the commands that change nodes, and what they mean in the service's words."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.consent import Consent
from batchdoctor.cli.option_group import OptionGroup
from batchdoctor.errors import UsageError

Nodes = Annotated[
    list[str],
    typer.Argument(help="NODE with --pool, or POOL/NODE; - reads them.", metavar="NODE..."),
]
Pool = Annotated[
    str | None, typer.Option("--pool", "--pool-id", help="The pool of the nodes.", metavar="POOL")
]
Requeue = Annotated[
    bool, typer.Option("--requeue", help="Stop running tasks, queue them again (default).")
]
Terminate = Annotated[bool, typer.Option("--terminate", help="End running tasks as failed.")]
TaskCompletion = Annotated[
    bool, typer.Option("--task-completion", help="Let running tasks finish first.")
]
RetainedData = Annotated[
    bool,
    typer.Option("--retained-data", help="Let tasks finish, and their files be kept."),
]
MaxShare = Annotated[
    int,
    typer.Option(
        help="Refuse to take more.",
        min=0,
        max=100,
        metavar="PERCENT",
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Watch the nodes until it has come true.")]
WaitTimeout = Annotated[
    float, typer.Option(help="The longest time to watch.", metavar="SECONDS", min=1)
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
# Told once for all changes, on the page of the options of all commands.
NoJournal = Annotated[
    bool,
    typer.Option(
        "--no-journal",
        help="Write nothing down; enable --mine knows no more.",
        hidden=True,
    ),
]
ConfirmJob = Annotated[
    list[str] | None,
    typer.Option(
        "--confirm",
        help="The job's name; a protected profile wants it.",
        metavar="JOB",
    ),
]
Confirm = Annotated[
    list[str] | None,
    typer.Option(
        "--confirm",
        help="The pool's name; a protected profile wants it.",
        metavar="POOL",
    ),
]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would be done, only.")]

LONGEST_WAIT = 1800.0
LARGEST_SHARE = 50


class RunningTasks(OptionGroup, frozen=True, kw_only=True):
    """What becomes of the tasks that run."""

    requeue: Requeue = False
    terminate: Terminate = False
    task_completion: TaskCompletion = False

    @property
    def word(self) -> str:
        """It in the service's word. Raises UsageError."""
        chosen = [name.replace("_", "") for name in self.__struct_fields__ if getattr(self, name)]
        if len(chosen) > 1:
            raise UsageError(
                "Running tasks can be treated in one way only.",
                hint="give one of --requeue, --terminate, --task-completion",
            )
        return chosen[0] if chosen else "requeue"


class RunningTasksAndFiles(RunningTasks, frozen=True, kw_only=True):
    """The same of a change that ends what is on the node."""

    retained_data: RetainedData = False


class Watching(OptionGroup, frozen=True, kw_only=True):
    """Whether the nodes are watched until a change has come true."""

    wait: Wait = False
    wait_timeout: WaitTimeout = LONGEST_WAIT


class Care(OptionGroup, frozen=True, kw_only=True):
    """How carefully a change is made."""

    yes: Yes = False
    no_journal: NoJournal = False
    confirm: Confirm = None
    dry_run: DryRun = False

    @property
    def consent(self) -> Consent:
        """What was agreed to beforehand."""
        return Consent.of(self.yes, self.confirm)


class JobCare(Care, frozen=True, kw_only=True):
    """The same where a protected account wants the names of jobs."""

    confirm: ConfirmJob = None
