"""The command `completion`: prints a completion script."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.command import verb
from batchdoctor.cli.completion.scripts import SHELLS
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.cli.world import Session
from batchdoctor.errors import ExitCode


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
) -> int:
    """Print the completion script of a shell.

    Example: source <(batchdoctor completion bash)
    """
    session: Session = context.obj
    _, script = SHELLS[shell.value]
    root = context.find_root().command
    session.world.output.write(script(tree_of(root)))
    return ExitCode.OK
