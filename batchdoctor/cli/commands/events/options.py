"""The options of `events`, which of them do not go together, and what it shows of failures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from batchdoctor.cli.commands.notify import Form, Notify
from batchdoctor.cli.option_group import OptionGroup
from batchdoctor.core.log.show import Show
from batchdoctor.core.meaning.category import Category
from batchdoctor.errors import UsageError

if TYPE_CHECKING:
    from batchdoctor.report.document import Document
    from batchdoctor.report.event_log import LogAnswer
    from batchdoctor.work.logs.reading import LogReading


class By(StrEnum):
    """Values of `--by`."""

    MESSAGE = "message"


ShowOption = Annotated[
    Show,
    typer.Option(help="summary, failures, nodes, unfinished, timeline or events.", metavar="WHAT"),
]
ByOption = Annotated[
    By | None, typer.Option(help="Group failures by message, where one is told.", metavar="KEY")
]
Nodes = Annotated[
    list[str] | None, typer.Option("--node", "--node-id", help="Only this node.", metavar="NODE")
]
Categories = Annotated[
    list[Category] | None, typer.Option(help="Only failures of this category.", metavar="NAME")
]
MinFailures = Annotated[int, typer.Option(help="Suspect no node with fewer.", min=1, metavar="N")]
Merge = Annotated[
    list[Path] | None,
    typer.Option(help="Add a tally that --tally-out wrote.", metavar="FILE"),
]
TallyOut = Annotated[
    Path | None, typer.Option(help="Keep what was counted, for --merge.", metavar="FILE")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a tally in the way.")]
Workers = Annotated[
    int | None,
    typer.Option(help="Processes that count; by itself, as pays.", min=1, metavar="N"),
]
Follow = Annotated[bool, typer.Option("--follow", help="Show new failures as they are written.")]
State = Annotated[
    Path | None,
    typer.Option(help="With --follow: go on where this file says.", metavar="FILE"),
]
Kql = Annotated[bool, typer.Option("--kql", help="Print the Kusto query that asks the same.")]
Paths = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders, https://ACCOUNT.blob.core.windows.net/CONTAINER[/PREFIX], or -.",
        metavar="[PATH]...",
    ),
]


class Engine(StrEnum):
    """Values of `--engine`."""

    DASK = "dask"


class Tallies(OptionGroup, frozen=True, kw_only=True):
    """What was counted before, and where what is counted now is kept."""

    merge: Merge = None
    tally_out: TallyOut = None
    force: Force = False

    @property
    def given(self) -> dict[str, object]:
        """The options that were given, by name."""
        return {"--merge": self.merge, "--tally-out": self.tally_out}


class Followed(OptionGroup, frozen=True, kw_only=True):
    """Whether what is written from now on is shown, from where on, and who is told of nodes."""

    follow: Follow = False
    state: State = None
    notify: Notify = None
    notify_format: Form = None

    @property
    def given(self) -> dict[str, object]:
        """The options that were given, by name."""
        return {
            "--follow": self.follow,
            "--state": self.state,
            "--notify": self.notify,
            "--notify-format": self.notify_format,
        }


class Elsewhere(OptionGroup, frozen=True, kw_only=True):
    """Where logs are counted, if not by processes of ours."""

    engine: Annotated[
        Engine | None, typer.Option(help="Count on a cluster: dask.", metavar="NAME")
    ] = None
    scheduler: Annotated[
        str | None, typer.Option(help="Its scheduler; processes here without.", metavar="ADDRESS")
    ] = None

    @property
    def address(self) -> str | None:
        """That of the scheduler. Raises UsageError for what is none."""
        if self.scheduler is not None and not re.fullmatch(r"(\w+://)?[^/\s]+:\d+", self.scheduler):
            raise UsageError(
                f"{self.scheduler!r} is no address of a scheduler.",
                hint="--scheduler tcp://10.0.0.4:8786",
            )
        return self.scheduler

    def check(self, show: Show, refused: Mapping[str, object]) -> None:
        """Refuse options that do not go with an engine, those of `refused` that are given."""
        if self.engine is None:
            if self.scheduler is not None:
                raise UsageError("--scheduler is that of an engine.", hint="add --engine dask")
            return
        from batchdoctor.work.logs.reducing import check_counted

        check_counted(show)
        for option, value in refused.items():
            if value:
                raise UsageError(f"{option} does not go with --engine.", hint=f"leave out {option}")


def check_show(show: Show, *, follow: bool, merging: bool, by_category: bool) -> None:
    """Refuse what nothing can be shown for. Raises UsageError."""
    if follow and show in {Show.UNFINISHED, Show.TIMELINE}:
        raise UsageError(f"--follow cannot show {show.value}.", hint="--show failures or events")
    if show is Show.UNFINISHED and merging:
        raise UsageError(
            "--show unfinished does not go with --merge: a tally holds no names of tasks.",
            hint="name the logs themselves",
        )
    if show is Show.UNFINISHED and by_category:
        raise UsageError(
            "--show unfinished does not go with --category: only failures have one.",
            hint="--job, --pool, --node, --since or --until",
        )


def check_groups(show: Show, by: By | None, *, follow: bool, merging: bool) -> None:
    """Refuse groups of what is not there. Raises UsageError."""
    if by and (follow or merging or show not in {Show.SUMMARY, Show.FAILURES}):
        raise UsageError(
            "--by groups the failures of whole logs.",
            hint="leave out --follow, --merge and --show",
        )


def failures_of(reading: LogReading, show: Show | By, answer: LogAnswer) -> Document[Any]:
    """The failures of a log, one by one or by message."""
    if show is Show.FAILURES:
        return answer.of_failures(reading.failures())
    # Which brings in the catalog of messages.
    from batchdoctor.report.logged_messages import of_messages

    return of_messages(answer, reading.failures())
