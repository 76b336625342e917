"""The command `bundle`: everything that is needed to answer later, elsewhere, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from batchdoctor import __version__
from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.options import parse_when
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.bundles import bundle_document
from batchdoctor.work.bundle.making import make_bundle
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.bundle.told import bundle_parts, bundle_summary
from batchdoctor.work.bundle.wanted import MAX_SIZE, Wanted
from batchdoctor.work.reading.reading import Reading

app = verb()

_MEGA = 1_000_000
_INSPECT = "inspect"


@command(app, "bundle", live=True)
def bundle(
    call: Call,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Say instead what is in a bundle, and what was masked in it.",
            metavar="[inspect FILE]",
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option(help="The file to write; .zip is its ending.", metavar="FILE")
    ] = None,
    job: Annotated[
        list[str] | None, typer.Option("--job", "--job-id", help="Only this job.", metavar="JOB")
    ] = None,
    pool: Annotated[
        list[str] | None,
        typer.Option("--pool", "--pool-id", help="Only this pool and its jobs.", metavar="POOL"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Unfinished jobs, and those that changed since.", metavar="WHEN"),
    ] = None,
    events: Annotated[
        list[str] | None,
        typer.Option(help="Event logs to take along: file, folder or URL.", metavar="PATH"),
    ] = None,
    max_size: Annotated[
        int, typer.Option(help="The largest file that it may become.", metavar="MB", min=2)
    ] = MAX_SIZE // _MEGA,
    keep_ids: Annotated[
        str, typer.Option(help="no: made-up ids stand for those of the account.", metavar="yes|no")
    ] = "yes",
    force: Annotated[bool, typer.Option("--force", help="Replace a file in the way.")] = False,
) -> int:
    """Take along what an account says now, to be asked later with --from.

    Secrets, values of environments and names of users stay here. One that was interrupted goes on.

    Example: batchdoctor bundle --out night.zip, then batchdoctor triage --from night.zip
    """
    if words:
        return _inspect(call, words)
    if call.replay is not None:
        raise UsageError(f"{call.replay.path} is no account to take a bundle of.")
    wanted = Wanted(
        out=_written_to(out),
        version=__version__,
        jobs=job or (),
        pools=pool or (),
        since=parse_when(since, "--since", call.world.now()),
        logs=events or (),
        max_size=max_size * _MEGA,
        keep_ids=_yes("--keep-ids", keep_ids),
        force=force,
    )
    return _make(call, wanted)


def _written_to(out: str | None) -> Path:
    if out is None:
        raise UsageError("Where to write the bundle is not said.", hint="add --out FILE.zip")
    return Path(out)


def _yes(option: str, word: str) -> bool:
    if word not in {"yes", "no"}:
        raise UsageError(f"{option} takes yes or no.", hint=f"{option} no")
    return word == "yes"


def _make(call: Call, wanted: Wanted) -> int:
    with call.client() as client:
        reading = Reading(call.world, client)
        journal = call.journal(client)
        manifest = make_bundle(reading, journal, wanted)
        summary = bundle_summary(manifest, wanted.out)
        call.write(
            bundle_document(call.head(client), bundle_parts(manifest), summary, reading.problems)
        )
        call.finish(reading)
    return worst([reading.status])


def _inspect(call: Call, words: Sequence[str]) -> int:
    if words[0] != _INSPECT or len(words) != 2:  # noqa: PLR2004 - a word and a file
        raise UsageError(
            f"{' '.join(words)!r} is nothing that bundle knows.",
            hint="batchdoctor bundle inspect FILE.zip",
        )
    path = Path(words[1])
    opened = Bundle(path)
    try:
        summary = bundle_summary(opened.manifest, path)
        call.write(bundle_document(call.head(), bundle_parts(opened.manifest), summary))
    finally:
        opened.close()
    return ExitCode.OK
