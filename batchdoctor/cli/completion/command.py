"""The command `completion`: prints a completion script."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.world import World
from batchdoctor.errors import ExitCode


class Shell(StrEnum):
    """Shells that a script can be printed for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""

    @app.command("completion", context_settings={"help_option_names": ["-h", "--help"]})
    def completion(
        context: typer.Context,
        shell: Annotated[Shell, typer.Argument(help="bash, zsh, fish or powershell.")],
    ) -> int:
        """Print the completion script of a shell.

        Example: source <(batchdoctor completion bash)
        """
        from batchdoctor.cli.completion.scripts import SHELLS
        from batchdoctor.cli.completion.tree import command_tree

        world: World = context.obj
        _, script = SHELLS[shell.value]
        world.output.write(script(command_tree()))
        return ExitCode.OK
