"""The tree of commands, or as much of it as a command line needs.

Only the file of the command that is asked for is imported: reading all of them takes longer than
many a command.
"""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from batchdoctor import __version__
from batchdoctor.cli.noun import noun
from batchdoctor.cli.words import WORDS
from batchdoctor.errors import UsageError


def build_app(*argv: str) -> typer.Typer:
    """The command-line interface, or what a command line that begins like this needs of it.

    Of a noun without a verb of its own all commands come; `completion` and `help` have to tell of
    everything. Of what is no word of ours, such as `--help`, only the list of words comes.
    """
    first, second = (*argv, "", "")[:2]
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if first in {"completion", "help"}:
        for word in WORDS:
            app.add_typer(_commands_of(word))
    elif first in WORDS:
        app.add_typer(_commands_of(first, second))
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


def whole_app() -> typer.Typer:
    """Everything there is, for whoever writes about it."""
    return build_app("completion")


def _commands_of(name: str, verb: str = "") -> typer.Typer:
    """A word with its commands, in the order of the table; with a verb it has, only that one."""
    word = WORDS[name]
    if not word.is_noun:
        app: typer.Typer = import_module(word.modules[name]).app
        return app
    verbs = [verb] if verb in word.modules else list(word.modules)
    found = {
        command.name: command
        for module in dict.fromkeys(word.modules[each] for each in verbs)
        for command in import_module(module).app.registered_commands
    }
    group = noun(name)
    group.registered_commands = [found[each] for each in verbs]
    return group


def _list(app: typer.Typer) -> None:
    """Only the names of the words, and what they are for: none of them will run."""
    for name, word in WORDS.items():
        stand_in = typer.Typer(name=name if word.is_noun else None, help=word.summary)
        if not word.is_noun:
            stand_in.command(name, help=word.summary)(_nothing)
        app.add_typer(stand_in)


def _nothing() -> None:
    """Stands for a command that was not asked for."""
