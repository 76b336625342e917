"""The command `explain`: what does this error code, exit code or state mean? Asks no service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.piped import piped_text
from batchdoctor.core.meaning import explanation
from batchdoctor.core.meaning.explanation import Explanation, explain_arguments, explain_text
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.explanations import Explanations

# Of standard input no more is looked at.
LONGEST_TEXT = 1024 * 1024

app = verb()


@command(app, "explain", negative_numbers=True)
def explain(
    call: Call,
    code: Annotated[
        list[str] | None,
        typer.Argument(
            help="BlobAccessDenied, 137, unusable, pasted text, or - for standard input.",
            metavar="CODE...",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--list", help="Show everything that can be explained.")
    ] = False,
) -> int:
    """What does this error code, exit code or state of a node mean?

    Takes words, or any text that has them in it. Works offline. A word that is not known is said
    to be unknown; that is an answer, not an error.

    Example: batchdoctor explain BlobAccessDenied -1073741510
    """
    words = _words(code or [])
    if bool(words) == everything:
        raise UsageError(
            "Name the codes to explain, or ask for --list.",
            hint="batchdoctor explain BlobAccessDenied",
        )
    found = explanation.every_explanation() if everything else _explained(call, words)
    call.write(Explanations(call.head(), found, brief=everything).document())
    return ExitCode.OK


def _explained(call: Call, words: list[str]) -> Iterable[Explanation]:
    """What the words mean; `-` stands for the text of standard input."""
    typed = [word for word in words if word != "-"]
    yield from explain_arguments(typed)
    if len(typed) < len(words):
        yield from explain_text(piped_text(call.world, LONGEST_TEXT))


def _words(words: list[str]) -> list[str]:
    """The words as typed. Raises UsageError for an option that does not exist."""
    for word in words:
        # A pasted list begins with a dash and a blank.
        if word.startswith("-") and word[1:2] not in {"", " ", *"0123456789"}:
            raise UsageError(f"No such option: {word}", hint="batchdoctor explain --help")
    return [word for word in (word.strip() for word in words) if word]
