"""The noun `messages`: do a user's own tables of messages match as they are meant?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOnAny
from batchdoctor.cli.piped import piped_text
from batchdoctor.core.meaning.message_test import tested
from batchdoctor.errors import ExitCode, InputError
from batchdoctor.report.message_tests import MessageTests
from batchdoctor.work.messages import messages_file

# Of a log no more is looked at.
_LONGEST_LOG = 16 * 1024 * 1024

app = noun("messages")


@command(app, "test")
def check_messages(
    call: Call,
    file: Annotated[Path, typer.Argument(help="TOML file of [[message]] tables.", metavar="FILE")],
    log: Annotated[
        str | None,
        typer.Argument(help="Lines to look for them in; - is standard input.", metavar="[LOG]"),
    ] = None,
    fail_on: FailOnAny = None,
) -> int:
    """Do these message patterns match as meant?

    Each table is looked for in its own `example` and `near`, and in the lines of a log, of which
    the first 16 MiB are read.

    Example: batchdoctor messages test messages.toml stderr.txt
    """
    entries = messages_file(file)
    lines = _lines(call, log)
    answer = MessageTests(
        call.head(), tested(entries, lines), None if lines is None else len(lines)
    )
    call.write(answer.document())
    return ExitCode.FINDINGS if fail_on and answer.wrong else ExitCode.OK


def _lines(call: Call, log: str | None) -> list[str] | None:
    """The lines of a log. Raises InputError for one that cannot be read."""
    if log is None:
        return None
    if log == "-":
        return piped_text(call.world, _LONGEST_LOG).splitlines()
    try:
        with Path(log).open("rb") as source:
            return source.read(_LONGEST_LOG).decode("utf-8", "backslashreplace").splitlines()
    except OSError as error:
        raise InputError(
            f"{log} cannot be read: {error.strerror}.", hint="name a file of lines, or -"
        ) from error
