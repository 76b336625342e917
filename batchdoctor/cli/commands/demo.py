"""The command `demo`: the tour, or any other command, against a throw-away sandbox."""

from __future__ import annotations

import io
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.command import verb
from batchdoctor.cli.commands.tour import output_of, steps
from batchdoctor.cli.world import Session, World
from batchdoctor.errors import ExitCode, worst
from batchdoctor.machine import homes_below

if TYPE_CHECKING:
    from batchdoctor.cli.commands.tour import Step
    from batchdoctor.sandbox import Sandbox

# Settings of the user's own account, which must not reach a throw-away one.
_ACCOUNT_SETTINGS = (
    "AZURE_BATCH_",
    "AZ_BATCH_",
    "SNAKEMAKE_AZURE_BATCH_",
    "AZURE_CONFIG_DIR",
    "AZURE_STORAGE_",
    "BATCHDOCTOR_CONFIG",
    "BATCHDOCTOR_PROFILE",
)


app = verb()


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
    from batchdoctor.sandbox import Sandbox

    session: Session = context.obj

    with (
        Sandbox(scenario, now=session.world.now) as sandbox,
        tempfile.TemporaryDirectory(prefix="batchdoctor-demo-") as folder,
    ):
        inner = replace(session.world, environ=_environment(session.world.environ, sandbox, folder))
        if command:
            return session.run([*command, *context.args], inner)
        return _tour(Session(inner, session.run))


def _environment(own: Mapping[str, str], sandbox: Sandbox, folder: str) -> dict[str, str]:
    """The user's environment, about the throw-away account: journal and settings live in `folder`.

    The journal of the user's own changes must not tell of an account that is gone in a moment, and
    rules made for the user's tasks must not explain those of a sandbox.
    """
    kept = {name: value for name, value in own.items() if not name.startswith(_ACCOUNT_SETTINGS)}
    # An empty folder, not none at all: without the names those below HOME would be taken.
    return kept | homes_below(folder) | sandbox.environment()


def _tour(session: Session) -> int:
    """Show each step's command line, run it, and show what it really says."""
    # The tour is one page; each of its answers is printed.
    quiet = replace(session.world, environ={**session.world.environ, "BATCHDOCTOR_PAGER": ""})
    session = session._replace(world=quiet)
    world, statuses = session.world, []
    for step in steps(session):
        world.output.write(f"{step.words}\n\n$ {_command_line(step)}\n")
        statuses.append(ExitCode(session.run(step.argv, _with_input(step, session))))
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


def _with_input(step: Step, session: Session) -> World:
    if step.piped_from is None:
        return replace(session.world)  # whose line on the screen ends with the step
    told = output_of(step.piped_from, session)
    return replace(session.world, stdin=io.StringIO(told))
