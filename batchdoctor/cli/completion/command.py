"""The command `completion`: prints a completion script, or puts it where its shell looks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.command import verb
from batchdoctor.cli.completion.places import install, place_of, remove
from batchdoctor.cli.completion.scripts import SHELLS
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.cli.world import Session
from batchdoctor.core.text.gate import shown
from batchdoctor.errors import ExitCode, UsageError


class Shell(StrEnum):
    """Shells that a script can be printed for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


app = verb()


@app.command("completion", context_settings={"help_option_names": ["-h", "--help"]})
def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="bash, zsh, fish or powershell.")],
    installs: Annotated[
        bool, typer.Option("--install", help="Put it where the shell looks, and say where.")
    ] = False,
    removes: Annotated[bool, typer.Option("--remove", help="Undo --install.")] = False,
) -> int:
    """Print the completion script of a shell, or install it.

    Example: source <(batchdoctor completion bash)
    """
    if installs and removes:
        raise UsageError("Both --install and --remove are given.", hint="give one of them")
    session: Session = context.obj
    _, script = SHELLS[shell.value]
    if removes:
        told = remove(place_of(shell.value, session.world.environ)) or ["nothing is installed"]
    else:
        text = script(tree_of(context.find_root().command))
        if not installs:
            session.world.output.write(text)
            return ExitCode.OK
        told = install(place_of(shell.value, session.world.environ), text)
        told.append(f"undo: batchdoctor completion {shell.value} --remove")
    session.world.output.write("".join(f"{shown(line)}\n" for line in told))
    return ExitCode.OK
