"""`files grep`: the words of the command line as a search, and its answer as it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOn, FailOnAny, Jobs
from batchdoctor.core.file_match import FileMatch, MatchingFile
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.file_matches import FileMatches
from batchdoctor.work.files.grep import Grep, Search, Wanted, search_for, searched_tasks
from batchdoctor.work.reading.reading import Reading

app = noun("files")


@command(app, "grep", live=True)
def grep(
    call: Call,
    pattern: Annotated[str, typer.Argument(help="A regular expression.", metavar="PATTERN")],
    job: Jobs = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only tasks that failed.")] = False,
    file: Annotated[
        list[str] | None,
        typer.Option(
            help="stdout, stderr, a path, a pattern or a folder/; may be given again. Both streams "
            "unless given.",
            metavar="FILE",
        ),
    ] = None,
    around: Annotated[
        int,
        typer.Option(
            "-C", "--context", help="Lines around each match.", metavar="N", min=0, max=1000
        ),
    ] = 0,
    ignore_case: Annotated[
        bool, typer.Option("-i", "--ignore-case", help="Upper and lower case are the same.")
    ] = False,
    files_only: Annotated[
        bool, typer.Option("-l", "--files", help="Only which files match.")
    ] = False,
    count: Annotated[
        bool, typer.Option("-c", "--count", help="Only how many lines of each file match.")
    ] = False,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks wrote this? Searches whole files of all tasks of a job, several at once.

    Example: batchdoctor files grep "Read-only file system" --job nightly --failed
    """
    wish = Wish(pattern, tuple(file or ()), around, ignore_case, files_only, count)
    return search_files(call, wish, job, failed=failed, fail_on=fail_on)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, as it was typed."""

    pattern: str
    files: tuple[str, ...]
    context: int
    ignore_case: bool
    files_only: bool
    count: bool

    def search(self) -> Search:
        """The same as a search. Raises UsageError."""
        if self.files_only and self.count:
            raise UsageError("-l and -c exclude each other.", hint="give one of them")
        wanted = Wanted.COUNTS if self.count else Wanted.LINES
        return search_for(
            self.pattern,
            self.files,
            context=self.context,
            ignore_case=self.ignore_case,
            wanted=Wanted.FILES if self.files_only else wanted,
        )


def search_files(
    call: Call, wish: Wish, jobs: Sequence[str] | None, *, failed: bool, fail_on: FailOn | None
) -> int:
    """Write the matches. Raises UsageError for what is no pattern, and where no job is named."""
    search = wish.search()
    if not jobs:
        raise UsageError("No job is named whose files are to be searched.", hint="add --job JOB")
    with call.client() as client:
        reading = Reading(call.world, client)
        grep = Grep(reading, search)
        matches = grep.matches(searched_tasks(reading, jobs, failed=failed))
        page = FileMatches(
            call.head(client),
            matches,
            reading.problems,
            lambda: grep.summary,
            lambda: grep.checked,
            wish.context,
        )
        kind = FileMatch if search.wanted is Wanted.LINES else MatchingFile
        call.write(page.document(kind))
        call.finish(reading)
    found = ExitCode.FINDINGS if fail_on and grep.found else ExitCode.OK
    return worst([reading.status, found])
