"""The command `explain`: what does this error code, exit code or state mean? Asks no service."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.errors import ExitCode, UsageError

app = verb()


@command(app, "explain", negative_numbers=True)
def explain(
    call: Call,
    code: Annotated[
        list[str] | None,
        typer.Argument(help="BlobAccessDenied, 137, -1073741510, unusable, ...", metavar="CODE..."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--list", help="Show everything that can be explained.")
    ] = False,
) -> int:
    """What does this error code, exit code or state of a node mean?

    Works offline. A word that is not known is said to be unknown; that is an answer, not an error.

    Example: batchdoctor explain BlobAccessDenied -1073741510
    """
    from batchdoctor.core.meaning import explanation
    from batchdoctor.report.explanations import Explanations

    words = _words(code or [])
    if bool(words) == everything:
        raise UsageError(
            "Name the codes to explain, or ask for --list.",
            hint="batchdoctor explain BlobAccessDenied",
        )
    found = (
        explanation.every_explanation()
        if everything
        else (each for word in words for each in explanation.explain(word))
    )
    call.write(Explanations(call.head(), found, brief=everything).document())
    return ExitCode.OK


def _words(words: list[str]) -> list[str]:
    """The words as typed. Raises UsageError for an option that does not exist."""
    for word in words:
        if word.startswith("-") and not word[1:2].isdigit():
            raise UsageError(f"No such option: {word}", hint="batchdoctor explain --help")
    return [word for word in (word.strip() for word in words) if word]
