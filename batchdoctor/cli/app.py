"""The tree of commands: which words there are; each word's file says what it can do.

Only the files of the words that are asked for are imported: reading all of them takes longer than
many a command.
"""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor import __version__

VERBS = ("triage", "explain", "demo", "completion")
NOUNS = (
    "tasks",
    "task",
    "nodes",
    "node",
    "pool",
    "job",
    "files",
    "auth",
    "events",
    "sandbox",
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"batchdoctor {__version__}")
        raise typer.Exit


def build_app(first_word: str | None = None) -> typer.Typer:
    """The whole command-line interface, or as much of it as a command line needs.

    `first_word` is the first word of the command line; anything but one of ours gives the whole.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    known = first_word in (*NOUNS, *VERBS)
    for word in (*NOUNS, *VERBS):
        if not known or word == first_word:
            _add(app, word)

    @app.callback()
    def batchdoctor(
        version: Annotated[
            bool,
            typer.Option("--version", help="Show the version.", callback=_show_version),
        ] = False,
    ) -> None:
        """Say what is wrong in an Azure Batch account, and what to type next."""

    return app


def _add(app: typer.Typer, word: str) -> None:
    if word in NOUNS:
        app.add_typer(_noun(word))
    else:
        _add_verb(app, word)


def _noun(word: str) -> typer.Typer:
    match word:
        case "tasks":
            from batchdoctor.cli.commands.tasks import app
        case "task":
            from batchdoctor.cli.commands.task import app
        case "nodes":
            from batchdoctor.cli.commands.nodes import app
        case "node":
            from batchdoctor.cli.commands.node import app
        case "pool":
            from batchdoctor.cli.commands.pool import app
        case "job":
            from batchdoctor.cli.commands.job import app
        case "files":
            from batchdoctor.cli.commands.files import app
        case "auth":
            from batchdoctor.cli.commands.auth import app
        case "events":
            from batchdoctor.cli.commands.events import app
        case _:
            from batchdoctor.cli.commands.sandbox import app
    return app


def _add_verb(app: typer.Typer, word: str) -> None:
    if word == "triage":
        from batchdoctor.cli.commands import triage

        triage.register(app)
    elif word == "explain":
        from batchdoctor.cli.commands import explain

        explain.register(app)
    elif word == "demo":
        from batchdoctor.cli.commands import demo

        demo.register(app)
    else:
        from batchdoctor.cli.completion import command as completion

        completion.register(app)
