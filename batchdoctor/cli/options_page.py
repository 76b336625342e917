"""The page of the options that all commands share: output, and the account."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from batchdoctor.cli.command import EVERY_COMMAND, LIVE_COMMANDS, WATCH
from batchdoctor.cli.commands.change_options import NoJournal
from batchdoctor.cli.options import MessagesFile

_WIDTH = 80
_INDENT = 26


def options_page() -> str:
    """The page, as `batchdoctor help options` prints it."""
    lines = [
        "Options that stand behind any command.",
        "",
        "Output, of every command:",
        *_rows(EVERY_COMMAND),
        *_rows({"watch": WATCH}),
        "",
        "Account, of every command that asks the service; without them the environment",
        "counts, then a profile, then what `az batch account login` wrote:",
        *_rows(LIVE_COMMANDS),
        "",
        "Of every command that changes something; of those that read what programs said:",
        *_rows({"no_journal": (NoJournal, False)}),
        *_rows({"messages": (MessagesFile, None)}),
    ]
    return "\n".join(lines) + "\n"


def _rows(options: Mapping[str, tuple[Any, object]]) -> Iterator[str]:
    for name, (annotation, _) in options.items():
        (option,) = annotation.__metadata__
        # typer takes the first spelling for a default.
        given = [each for each in (option.default, *option.param_decls) if isinstance(each, str)]
        flags = ", ".join(given or [f"--{name.replace('_', '-')}"])
        head = f"  {flags} {option.metavar or ''}".rstrip().ljust(_INDENT)
        first, *more = textwrap.wrap(option.help, _WIDTH - _INDENT - 2)
        yield f"{head}  {first}"
        yield from (" " * (_INDENT + 2) + line for line in more)
