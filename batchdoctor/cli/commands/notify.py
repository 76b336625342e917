"""`triage --notify`: the options, and who is told in what form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.formats import NotifyFormat
from batchdoctor.report.head import Head
from batchdoctor.work.folders import state_folder

if TYPE_CHECKING:
    from batchdoctor.core.findings.acceptance import Acceptance
    from batchdoctor.work.diagnosis.judged import Judged
    from batchdoctor.work.notices.notify import Destination
    from batchdoctor.work.reading.reading import Reading

Notify = Annotated[
    str | None,
    typer.Option(
        help="Tell what is new: a URL, a file, @FILE with one.",
        metavar="URL|FILE",
    ),
]
Form = Annotated[
    NotifyFormat | None,
    typer.Option("--notify-format", help="json (default), teams or slack.", metavar="FORMAT"),
]


def destination_of(notify: str | None, form: NotifyFormat | None) -> Destination | None:
    """Where to tell, if anywhere. Raises UsageError."""
    if notify is None:
        if form is not None:
            raise UsageError("--notify-format needs --notify.", hint="add --notify URL")
        return None
    # Few tell, and it brings in what others do not need.
    from batchdoctor.work.notices.notify import Destination

    return Destination.of(notify)


def tell(
    call: Call,
    reading: Reading,
    judged: Judged,
    destination: Destination,
    form: NotifyFormat | None,
    *,
    accepted: Sequence[Acceptance],
    ignored: Sequence[str],
) -> None:
    """Tell what has changed; that it could not be told becomes a problem of the answer."""
    from batchdoctor.core.findings.acceptance import is_unwanted
    from batchdoctor.report.notices import notice_body
    from batchdoctor.work.configuration import read_profile
    from batchdoctor.work.notices.memory import Memory
    from batchdoctor.work.notices.notify import Teller

    client, today = reading.client, judged.at.date()
    profile = read_profile(call.world.environ, call.shared.profile).name
    teller = Teller(
        call.world,
        client.retry,
        Memory(state_folder(call.world.environ), client.account.host, profile),
        destination,
        notice_body(
            form or NotifyFormat.JSON,
            Head(f"{call.command} --notify", client.account.host, judged.at),
            reading.problems,
        ),
    )
    problem = teller.tell(
        judged.findings,
        judged.at,
        complete=not reading.problems and not reading.stopped,
        unwanted=lambda finding: is_unwanted(finding, accepted, ignored, today),
    )
    if problem:
        reading.problems.append(problem)
        reading.statuses.append(ExitCode.UNREACHABLE)
