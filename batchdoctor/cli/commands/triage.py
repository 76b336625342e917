"""The command `triage`: what is wrong in the whole account, worst first, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.options import parse_when
from batchdoctor.errors import ExitCode, worst

if TYPE_CHECKING:
    from batchdoctor.core.findings.acceptance import Acceptance
    from batchdoctor.core.findings.finding import Finding
    from batchdoctor.report.findings import Findings
    from batchdoctor.work.diagnosis.account import Survey

app = verb()

DEFAULT_SINCE = "24h"


class FailOnSeverity(StrEnum):
    """Values of `--fail-on` where findings have a severity."""

    WARNING = "warning"
    ERROR = "error"


FailOn = Annotated[
    FailOnSeverity | None,
    typer.Option("--fail-on", help="End with status 10 from here on.", metavar="warning|error"),
]


@command(app, "triage", live=True)
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
    from batchdoctor.core.findings.acceptance import check_kinds, parse_settings
    from batchdoctor.work.configuration import read_config
    from batchdoctor.work.diagnosis.account import Survey
    from batchdoctor.work.reading.reading import Reading

    earliest = parse_when(since, "--since", call.world.now())
    check_kinds(ignore or [], "--ignore")
    config, source = read_config(call.world.environ)
    accepted = parse_settings(config, str(source)).ignore
    with call.client() as client:
        reading = Reading(call.world, client)
        survey = Survey(reading, call.world.now(), earliest)
        survey.read()
        answer = _answer(call, survey, accepted, ignore or [])
        call.write(answer.document())
        reading.finish()
        tell_requests(call, client.transport.sent)
    return worst([reading.status, status_of(answer.findings, fail_on)])


def _answer(
    call: Call, survey: Survey, accepted: Sequence[Acceptance], ignored: Sequence[str]
) -> Findings:
    """Judge what was read."""
    from batchdoctor.core.findings.acceptance import sift
    from batchdoctor.core.findings.checks.account import account_findings, unread_findings
    from batchdoctor.core.findings.examined import examined
    from batchdoctor.core.findings.finding import worst_first
    from batchdoctor.core.findings.item import LookedAt
    from batchdoctor.core.text.wording import plural
    from batchdoctor.report.findings import Findings
    from batchdoctor.report.head import Head
    from batchdoctor.work.changes.deeds import with_deeds
    from batchdoctor.work.diagnosis.last_words import with_last_words

    reading = survey.reading
    pools, jobs = list(survey.pools.values()), list(survey.jobs.values())
    missed = [(each.subject, each.message) for each in reading.problems]
    unread = unread_findings(
        missed,
        survey.jobs_left_out,
        waiting_left_out=survey.waiting_left_out,
        stopped=reading.stopped,
    )
    found = [*account_findings(pools, jobs), *unread]
    sifted = sift(worst_first(found), accepted=accepted, ignored=ignored, today=survey.at.date())
    told = with_last_words(reading, sifted.shown, survey.jobs, survey.pools)
    return Findings(
        Head(call.command, reading.client.account.host, survey.at),
        with_deeds(call.journal(reading.client), told, pools, survey.at),
        reading.problems,
        LookedAt(len(pools), len(jobs), sifted.accepted, sifted.ignored),
        about=f"{plural(len(pools), 'pool')} and {plural(len(jobs), 'job')}",
        own="batchdoctor triage",
        brief=not call.shared.verbose,
        checked=examined(survey.grounds),
        span=survey.grounds.span,
    )


def tell_requests(call: Call, requests: int) -> None:
    """Say under `-v` how much the answer cost."""
    if call.shared.verbose:
        call.world.note(f"note: {requests:,} requests")


def status_of(findings: Sequence[Finding], fail_on: FailOnSeverity | None) -> ExitCode:
    """The exit status that findings and `--fail-on` ask for."""
    severities = {finding.severity.value for finding in findings}
    wanted = {"error"} if fail_on is FailOnSeverity.ERROR else {"error", "warning"}
    return ExitCode.FINDINGS if fail_on and severities & wanted else ExitCode.OK
