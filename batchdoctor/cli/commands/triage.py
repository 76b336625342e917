"""The command `triage`: what is wrong in the whole account, worst first, and what to type next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.commands.events.bundle import logs_told
from batchdoctor.cli.commands.notify import Form, Notify, destination_of
from batchdoctor.cli.commands.triage_all import EveryAccount
from batchdoctor.cli.options import (
    FailOn,
    FailOnSeverity,
    Jobs,
    MessagesFile,
    Pools,
    named,
    parse_when,
)
from batchdoctor.cli.reporting import Report, write_report
from batchdoctor.core.findings.acceptance import Acceptance, check_kinds, parse_settings
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.findings.of_account import of_profile
from batchdoctor.core.meaning.messages import Messages
from batchdoctor.core.pictures.marks import picture_of_account
from batchdoctor.core.pictures.seen import Seen
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.findings import Findings
from batchdoctor.report.formats import Format
from batchdoctor.report.head import only
from batchdoctor.report.page import Block
from batchdoctor.report.picture_blocks import picture_blocks
from batchdoctor.service.client import Client
from batchdoctor.work.configuration import read_config
from batchdoctor.work.diagnosis.judged import Judged, judge_account
from batchdoctor.work.diagnosis.narrowing import Narrowing
from batchdoctor.work.files.replaceable import refuse_what_is_no_file
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading

app = verb()

FailuresSince = Annotated[
    str | None,
    typer.Option(help="Failures since: 6h, today, 22:30; 24h if not said.", metavar="WHEN"),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Write to this file, which is whole or not there.", metavar="FILE"),
]


@command(app, "triage", live=True, of_findings=True, watched=True)
def triage(
    call: Call,
    since: FailuresSince = None,
    pool: Pools = None,
    job: Jobs = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="Leave out findings of this kind; may be given again.", metavar="KIND"),
    ] = None,
    messages: MessagesFile = None,
    out: Out = None,
    notify: Notify = None,
    notify_format: Form = None,
    fail_on: FailOnSeverity = None,
    all_profiles: Annotated[
        bool, typer.Option("--all-profiles", help="Every account of the configuration file.")
    ] = False,
    report: Report = None,
) -> int:
    """What is wrong in the account, worst first, and what do I type next?

    Findings that are accepted for a time belong into the table [triage] of the configuration file.

    Example: batchdoctor triage --since 6h
    """
    earliest = parse_when(since, "--since", call.world.now()) or call.last_day()
    ignored = ignore or []
    check_kinds(ignored, "--ignore")
    if out and not out.parent.is_dir():
        raise UsageError(f"{out.parent} is no folder.", hint="--out names a file in one that is")
    if out:
        refuse_what_is_no_file(out)
    destination = destination_of(notify, notify_format)
    config, source = read_config(call.world.environ)
    accepted = parse_settings(config, str(source)).ignore
    if all_profiles:
        _refuse_of_one_account("--notify" if destination else "--report" if report else None)
        return _every_account(EveryAccount(call, earliest, accepted, ignored), out, fail_on)
    wanted = _Wanted(
        since=earliest,
        accepted=accepted,
        ignored=ignored,
        narrowing=Narrowing(named(None, pool, call.world), named(None, job, call.world)),
        known=messages_for(call.world.environ, messages),
        seen=seen_for(call, earliest, report),
    )
    with call.client() as client:
        reading, judged = _judged(call, client, wanted)
        if destination:
            from batchdoctor.cli.commands.telling import tell  # few tell, and it brings in much

            tell(
                *(call, reading, judged, destination, notify_format),
                accepted=accepted,
                ignored=ignored,
            )
        _write_one(call, reading, judged, wanted, out, report)
    return worst([reading.status, status_of(judged.findings, fail_on)])


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one account."""

    since: datetime | None
    accepted: Sequence[Acceptance]
    ignored: Sequence[str]
    narrowing: Narrowing
    known: Callable[[], Messages]
    seen: Seen | None


def _judged(call: Call, client: Client, wanted: _Wanted) -> tuple[Reading, Judged]:
    reading = Reading(call.world, client, messages=wanted.known)
    judged = judge_account(
        *(reading, call.journal(client), wanted.since),
        accepted=wanted.accepted,
        ignored=wanted.ignored,
        narrowing=wanted.narrowing,
        seen=wanted.seen,
    )
    return reading, judged


def _write_one(
    call: Call,
    reading: Reading,
    judged: Judged,
    wanted: _Wanted,
    out: Path | None,
    report: str | None,
) -> None:
    narrowing = wanted.narrowing
    write_findings(
        call,
        reading,
        judged,
        about=f"{plural(len(judged.pools), 'pool')} and {plural(len(judged.jobs), 'job')}",
        own="batchdoctor triage",
        brief=not call.shared.verbose,
        left_out=(*only("pool", narrowing.pools), *only("job", narrowing.jobs)),
        page=logs_told(call),
        report=report,
        out=out,
    )


def _refuse_of_one_account(option: str | None) -> None:
    if option:
        raise UsageError(
            f"{option} tells of one account, and --all-profiles asks several.",
            hint=f"run triage {option} once for each --profile",
        )


def _every_account(every: EveryAccount, out: Path | None, fail_on: FailOn | None) -> int:
    findings = every.write(out)
    return worst([*every.statuses, status_of(findings, fail_on)])


def write_findings(
    call: Call,
    reading: Reading,
    judged: Judged,
    *,
    about: str,
    own: str,
    brief: bool = False,
    page: Sequence[Block] = (),
    left_out: tuple[str, ...] = (),
    report: str | None = None,
    out: Path | None = None,
) -> None:
    """Write what was found; `own` is the command itself, `page` what stands above the findings.

    A `report` is a page of HTML that is written to that file, too.
    """
    picture = None
    if judged.seen is not None:
        picture = picture_of_account(judged.history, judged.pools, judged.jobs, judged.seen)
    answer = Findings(
        call.head(reading.client, at=judged.at, span=judged.span, left_out=left_out),
        of_profile(judged.findings, call.shared.profile),
        reading.problems,
        judged.looked_at,
        about=about,
        own=own,
        brief=brief,
        page=page,
        checked=judged.checked,
    )
    drawn = list(picture_blocks(picture)) if picture and _is_markdown(call) else []
    call.write(replace(answer, pictures=drawn).document(), out)
    if report is not None:
        write_report(report, replace(answer, brief=False).document(), picture)
    call.finish(reading)
    tell_requests(call, reading.client.transport.sent)


def seen_for(call: Call, since: datetime | None, report: str | None) -> Seen | None:
    """What takes note of all that is read, where something is drawn of it."""
    return Seen(since) if report or _is_markdown(call) else None


def _is_markdown(call: Call) -> bool:
    return call.shared.output is Format.MARKDOWN


def tell_requests(call: Call, requests: int) -> None:
    """Say under `-v` how much the answer cost."""
    if call.shared.verbose:
        call.world.note(f"note: {requests:,} requests")


def status_of(findings: Sequence[Finding], fail_on: FailOn | None) -> ExitCode:
    """The exit status that findings and `--fail-on` ask for."""
    levels = {
        FailOn.ERROR: {"error"},
        FailOn.WARNING: {"error", "warning"},
        FailOn.ANY: {"error", "warning", "info"},
    }
    severities = {finding.severity.value for finding in findings}
    return ExitCode.FINDINGS if fail_on and severities & levels[fail_on] else ExitCode.OK
