"""The command `triage`: what is wrong in the whole account, worst first, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command
from batchdoctor.cli.options import parse_when
from batchdoctor.errors import ExitCode

if TYPE_CHECKING:
    from batchdoctor.core.finding import Finding

DEFAULT_SINCE = "24h"


class FailOnSeverity(StrEnum):
    """Values of `--fail-on` where findings have a severity."""

    WARNING = "warning"
    ERROR = "error"


FailOn = Annotated[
    FailOnSeverity | None,
    typer.Option("--fail-on", help="End with status 10 from here on.", metavar="warning|error"),
]


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    command(app, "triage", live=True)(triage)


def triage(
    call: Call,
    since: Annotated[
        str,
        typer.Option(
            help="Failures and ends of jobs since: 30m, 6h, 2d or a time.", metavar="WHEN"
        ),
    ] = DEFAULT_SINCE,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="Leave out findings of this kind; may be given again.", metavar="KIND"),
    ] = None,
    fail_on: FailOn = None,
) -> int:
    """What is wrong in the account, worst first, and what do I type next?

    Findings that are accepted for a time belong into the table [triage] of the configuration file.

    Example: batchdoctor triage --since 6h
    """
    from batchdoctor.cli.config import read_config
    from batchdoctor.cli.reading import Reading
    from batchdoctor.cli.survey import Survey
    from batchdoctor.core.acceptance import check_kinds, parse_settings, sift
    from batchdoctor.core.checks.account import account_findings, unread_findings
    from batchdoctor.core.finding import worst_first
    from batchdoctor.report.failure_page import plural
    from batchdoctor.report.findings import Findings, LookedAt
    from batchdoctor.report.head import Head

    now = call.world.now()
    earliest = parse_when(since, "--since", now)
    check_kinds(ignore or [], "--ignore")
    config, source = read_config(call.world.environ)
    accepted = parse_settings(config, str(source)).ignore
    with call.client() as client:
        reading = Reading(call, client)
        survey = Survey(reading, now, earliest)
        survey.read()
        pools, jobs = list(survey.pools.values()), list(survey.jobs.values())
        unread = unread_findings(
            [(each.subject, each.message) for each in reading.problems], survey.jobs_left_out
        )
        found = worst_first([*account_findings(pools, jobs), *unread])
        sifted = sift(found, accepted=accepted, ignored=ignore or [], today=now.date())
        answer = Findings(
            Head(call.command, client.account.host, now),
            sifted.shown,
            reading.problems,
            LookedAt(len(pools), len(jobs), sifted.accepted, sifted.ignored),
            about=f"{plural(len(pools), 'pool')} and {plural(len(jobs), 'job')}",
            own="batchdoctor triage",
            brief=not call.shared.verbose,
        )
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(sifted.shown, fail_on)])


def tell_requests(call: Call, requests: int) -> None:
    """Say under `-v` how much the answer cost."""
    if call.shared.verbose:
        call.world.tell(f"note: {requests:,} requests")


def status_of(findings: Sequence[Finding], fail_on: FailOnSeverity | None) -> ExitCode:
    """The exit status that findings and `--fail-on` ask for."""
    severities = {finding.severity.value for finding in findings}
    wanted = {"error"} if fail_on is FailOnSeverity.ERROR else {"error", "warning"}
    return ExitCode.FINDINGS if fail_on and severities & wanted else ExitCode.OK
