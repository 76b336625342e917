"""Tells somebody what triage found new: what `--notify` and the configuration say, put together."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.cli.call import Call
from batchdoctor.core.findings.acceptance import Acceptance, is_unwanted
from batchdoctor.errors import ExitCode
from batchdoctor.report.formats import NotifyFormat
from batchdoctor.report.head import Head
from batchdoctor.report.notices import notice_body
from batchdoctor.work.configuration import read_profile
from batchdoctor.work.diagnosis.judged import Judged
from batchdoctor.work.folders import state_folder
from batchdoctor.work.notices.memory import Memory
from batchdoctor.work.notices.notify import Destination, Teller
from batchdoctor.work.reading.reading import Reading


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
