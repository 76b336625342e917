"""The command `help`: the help of a command, or of all of them as a page for `man`."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor import __version__
from batchdoctor.cli.command import verb
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.cli.manual.page import man_page
from batchdoctor.cli.world import Session
from batchdoctor.errors import ExitCode

app = verb()


@app.command("help", context_settings={"help_option_names": ["-h", "--help"]})
def help_(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="A command, such as: tasks failed.", metavar="[COMMAND]..."),
    ] = None,
    man: Annotated[
        bool, typer.Option("--man", help="Print the page of all commands, for man -l -.")
    ] = False,
) -> int:
    """Show the help of a command, or of all of them as a page for man.

    Example: batchdoctor help tasks failed
    """
    session: Session = context.obj
    if not man:
        return session.run([*(words or []), "--help"], session.world)
    page = man_page(tree_of(context.find_root().command), __version__)
    session.world.output.write(page)
    return ExitCode.OK
