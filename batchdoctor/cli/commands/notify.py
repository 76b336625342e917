"""`triage --notify`: the options, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.errors import UsageError
from batchdoctor.report.formats import NotifyFormat

if TYPE_CHECKING:
    from batchdoctor.work.notices.notify import Destination

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
