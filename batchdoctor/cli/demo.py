"""The command `demo`: the tour, or any other command, against a throw-away sandbox."""

from __future__ import annotations

import io
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.world import World
from batchdoctor.errors import ExitCode

if TYPE_CHECKING:
    from batchdoctor.cli.tour import Step
    from batchdoctor.sandbox import Sandbox

# Settings of the user's own account, which must not reach a throw-away one.
_ACCOUNT_SETTINGS = ("AZURE_BATCH_", "AZ_BATCH_", "AZURE_CONFIG_DIR")


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""

    @app.command(
        "demo",
        context_settings={
            "allow_extra_args": True,
            "ignore_unknown_options": True,
            "allow_interspersed_args": False,
            "help_option_names": ["-h", "--help"],
        },
    )
    def demo(
        context: typer.Context,
        command: Annotated[
            list[str] | None,
            typer.Argument(help="Any batchdoctor command.", metavar="[COMMAND...]"),
        ] = None,
        scenario: Annotated[
            str, typer.Option(help="What state the account is in.", metavar="NAME")
        ] = "night-shift",
    ) -> int:
        """See a sick Batch account that needs no Azure, or try a command on it.

        Example: batchdoctor demo nodes suspect
        """
        world: World = context.obj
        from batchdoctor.sandbox import Sandbox

        with Sandbox(scenario) as sandbox:
            inner = replace(world, environ=_environment(world.environ, sandbox))
            if command:
                return _run([*command, *context.args], inner)
            return _tour(inner)


def _environment(own: Mapping[str, str], sandbox: Sandbox) -> dict[str, str]:
    kept = {name: value for name, value in own.items() if not name.startswith(_ACCOUNT_SETTINGS)}
    return kept | sandbox.environment()


def _run(argv: Sequence[str], world: World) -> int:
    from batchdoctor.cli.main import run

    return run(argv, world)


def _tour(world: World) -> int:
    """Show each step's command line, run it, and show what it really says."""
    from batchdoctor.cli.tour import steps

    status: int = ExitCode.OK
    for step in steps(world):
        world.output.write(f"{step.words}\n\n$ {_command_line(step)}\n")
        status = max(status, _run(step.argv, _with_input(step, world)))
        world.output.write("\n")
    world.output.write(
        "That was the tour. Any command can be tried on the same account:\n\n"
        "$ batchdoctor demo tasks failed --by code\n"
    )
    return status


def _command_line(step: Step) -> str:
    commands = [step.argv] if step.piped_from is None else [step.piped_from, step.argv]
    return " | ".join(shlex.join(["batchdoctor", *argv]) for argv in commands)


def _with_input(step: Step, world: World) -> World:
    from batchdoctor.cli.tour import output_of

    if step.piped_from is None:
        return world
    return replace(world, stdin=io.StringIO(output_of(step.piped_from, world)))
