"""The command `demo`: the tour, or any other command, against a throw-away sandbox."""

from __future__ import annotations

import io
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import worst
from batchdoctor.cli.world import World
from batchdoctor.errors import ExitCode

if TYPE_CHECKING:
    from batchdoctor.cli.commands.tour import Step
    from batchdoctor.sandbox import Sandbox

# Settings of the user's own account, which must not reach a throw-away one.
_ACCOUNT_SETTINGS = ("AZURE_BATCH_", "AZ_BATCH_", "AZURE_CONFIG_DIR", "BATCHDOCTOR_CONFIG")


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

        with (
            Sandbox(scenario) as sandbox,
            tempfile.TemporaryDirectory(prefix="batchdoctor-demo-") as folder,
        ):
            inner = replace(world, environ=_environment(world.environ, sandbox, folder))
            if command:
                return _run([*command, *context.args], inner)
            return _tour(inner)


def _environment(own: Mapping[str, str], sandbox: Sandbox, folder: str) -> dict[str, str]:
    """The user's environment, about the throw-away account: journal and settings live in `folder`.

    The journal of the user's own changes must not tell of an account that is gone in a moment, and
    rules made for the user's tasks must not explain those of a sandbox.
    """
    kept = {name: value for name, value in own.items() if not name.startswith(_ACCOUNT_SETTINGS)}
    # An empty folder, not none at all: without the names those below HOME would be taken.
    empty = {"XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}
    return kept | empty | sandbox.environment()


def _run(argv: Sequence[str], world: World) -> int:
    from batchdoctor.cli.main import run

    return run(argv, world)


def _tour(world: World) -> int:
    """Show each step's command line, run it, and show what it really says."""
    from batchdoctor.cli.commands.tour import steps

    statuses = []
    for step in steps(world):
        world.output.write(f"{step.words}\n\n$ {_command_line(step)}\n")
        statuses.append(ExitCode(_run(step.argv, _with_input(step, world))))
        if statuses[-1] is ExitCode.INTERRUPTED:
            return statuses[-1]
        world.output.write("\n")
    world.output.write(
        "That was the tour. Any command can be tried on the same account:\n\n"
        "$ batchdoctor demo tasks failed --by code\n"
    )
    return worst(statuses)


def _command_line(step: Step) -> str:
    commands = [step.argv] if step.piped_from is None else [step.piped_from, step.argv]
    return " | ".join(shlex.join(["batchdoctor", *argv]) for argv in commands)


def _with_input(step: Step, world: World) -> World:
    from batchdoctor.cli.commands.tour import output_of

    if step.piped_from is None:
        return world
    return replace(world, stdin=io.StringIO(output_of(step.piped_from, world)))
