"""The command `explain`: what does this error code, exit code or state mean? Asks no service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.cli.options import FailOnAny, MessagesFile
from batchdoctor.cli.piped import piped_text
from batchdoctor.core.meaning.explanation import explain_arguments, explain_text
from batchdoctor.core.meaning.kinds import ListedKind
from batchdoctor.core.meaning.listed import every_explanation
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.explanations import Explanations

if TYPE_CHECKING:
    from batchdoctor.core.meaning.explained import Explanation
    from batchdoctor.core.meaning.messages import Messages

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
    kinds: Annotated[
        list[ListedKind] | None,
        typer.Option("--kind", help="List this kind only: node, message ...", metavar="KIND"),
    ] = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """What does this error code, exit code, state of a node or line of a program mean?

    Takes words, or any text that has them in it, such as the end of a stderr. Works offline.
    A word that is not known is said to be unknown; that is an answer, not an error.

    Example: batchdoctor explain BlobAccessDenied -1073741510
    """
    words = _words(code or [])
    listed = everything or bool(kinds)
    if bool(words) == listed:
        raise UsageError(
            "Name the codes to explain, or ask for --list.",
            hint="batchdoctor explain BlobAccessDenied",
        )
    known = _messages(call, messages)
    found = every_explanation(known, kinds or ()) if listed else _explained(call, words, known)
    page = Explanations(call.head(), found, brief=listed, kinds=kinds or ())
    call.write(page.document())
    known_ones = any(each.known for each in page.shown)
    return ExitCode.FINDINGS if fail_on and known_ones else ExitCode.OK


def _explained(
    call: Call, words: list[str], known: Callable[[], Messages]
) -> Iterable[Explanation]:
    """What the words mean; `-` stands for the text of standard input."""
    typed = [word for word in words if word != "-"]
    yield from explain_arguments(typed, known)
    if len(typed) < len(words):
        yield from explain_text(piped_text(call.world, LONGEST_TEXT), known)


def _messages(call: Call, file: Path | None) -> Callable[[], Messages]:
    """What gives the messages; a file that is named is checked at once. Raises UsageError."""

    def known() -> Callable[[], Messages]:
        from batchdoctor.work.messages import messages_for

        return messages_for(call.world.environ, file)

    def late() -> Messages:
        return known()()

    return known() if file else late


def _words(words: list[str]) -> list[str]:
    """The words as typed. Raises UsageError for an option that does not exist."""
    for word in words:
        # A pasted list begins with a dash and a blank.
        if word.startswith("-") and word[1:2] not in {"", " ", *"0123456789"}:
            raise UsageError(f"No such option: {word}", hint="batchdoctor explain --help")
    return [word for word in (word.strip() for word in words) if word]
