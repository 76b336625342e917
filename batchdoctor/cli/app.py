"""The tree of commands, or as much of it as a command line needs.

Only the file of the word that is asked for is imported: reading all of them takes longer than many
a command.
"""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from batchdoctor import __version__
from batchdoctor.cli.words import WORDS
from batchdoctor.errors import UsageError


def build_app(first_word: str | None = None) -> typer.Typer:
    """The command-line interface: of the first word of a command line all that belongs to it.

    `completion` and `help` have to tell of all the others. Of what is no word of ours, such as
    `--help`, only the list of words comes.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if first_word in {"completion", "help"}:
        _add(app, *WORDS)
    elif first_word in WORDS:
        _add(app, first_word)
    else:
        _list(app)

    @app.callback(invoke_without_command=True)
    def batchdoctor(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
        verbose: Annotated[
            bool,
            typer.Option("-v", "--verbose", help="With --version: all that a bug report needs."),
        ] = False,
    ) -> None:
        """Say what is wrong in an Azure Batch account, and what to type next."""
        if version:
            _show_version(verbose=verbose)
            raise typer.Exit
        if context.invoked_subcommand is None:
            raise UsageError("A command is missing.", hint="batchdoctor --help")

    return app


def _show_version(*, verbose: bool) -> None:
    if not verbose:
        typer.echo(f"batchdoctor {__version__}")
        return
    from batchdoctor.cli.versions import versions

    typer.echo(versions(), nl=False)


def verbs_of(word: str) -> set[str]:
    """The commands below a noun."""
    app: typer.Typer = import_module(WORDS[word].module).app
    return {str(command.name) for command in app.registered_commands}


def whole_app() -> typer.Typer:
    """Everything there is, for whoever writes about it."""
    return build_app("completion")


def _add(app: typer.Typer, *words: str) -> None:
    for word in words:
        app.add_typer(import_module(WORDS[word].module).app)


def _list(app: typer.Typer) -> None:
    """Only the names of the words, and what they are for: none of them will run."""
    for name, word in WORDS.items():
        stand_in = typer.Typer(name=name if word.is_noun else None, help=word.summary)
        if not word.is_noun:
            stand_in.command(name, help=word.summary)(_nothing)
        app.add_typer(stand_in)


def _nothing() -> None:
    """Stands for a command that was not asked for."""
