"""A noun of the command line: the commands below one first word."""

from __future__ import annotations

import typer

from batchdoctor.cli.words import WORDS


def noun(name: str) -> typer.Typer:
    """A group of commands about one kind of thing, a word of ours.

    The commands of a noun may be spread over modules, each of which has a group of its own.
    """
    return typer.Typer(
        name=name,
        help=WORDS[name].summary,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
