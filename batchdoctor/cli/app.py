"""The tree of commands: which words there are; each word's file says what it can do.

Only the files of the words that are asked for are imported: reading all of them takes longer than
many a command.
"""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from batchdoctor import __version__

_COMMANDS = "batchdoctor.cli.commands."
# Every first word, and the module whose `app` says what it can do.
WORDS = {
    "triage": _COMMANDS + "triage",
    "explain": _COMMANDS + "explain",
    "demo": _COMMANDS + "demo",
    "completion": "batchdoctor.cli.completion.command",
    "tasks": _COMMANDS + "tasks",
    "task": _COMMANDS + "task",
    "nodes": _COMMANDS + "nodes",
    "node": _COMMANDS + "node",
    "pool": _COMMANDS + "pool",
    "job": _COMMANDS + "job",
    "files": _COMMANDS + "files",
    "auth": _COMMANDS + "auth",
    "events": _COMMANDS + "events",
    "sandbox": _COMMANDS + "sandbox",
    "schema": _COMMANDS + "schema",
}


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"batchdoctor {__version__}")
        raise typer.Exit


def build_app(first_word: str | None = None) -> typer.Typer:
    """The whole command-line interface, or as much of it as a command line needs.

    `first_word` is the first word of the command line; anything but one of ours gives the whole,
    and so does `completion`, which has to tell of all the others.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for word in (first_word,) if first_word in WORDS.keys() - {"completion"} else WORDS:
        app.add_typer(import_module(WORDS[word]).app)

    @app.callback()
    def batchdoctor(
        version: Annotated[
            bool,
            typer.Option("--version", help="Show the version.", callback=_show_version),
        ] = False,
    ) -> None:
        """Say what is wrong in an Azure Batch account, and what to type next."""

    return app
