"""The command `schema`: the JSON Schema of what a command answers. Asks no service."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import msgspec
import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.schemas import ANSWERS, schema_list, schema_of

app = verb()


@command(app, "schema")
def schema(
    call: Call,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="A command, such as: tasks failed.", metavar="[COMMAND]..."),
    ] = None,
) -> int:
    """Which keys has a command's json? Its JSON Schema; without a command, which there are.

    Example: batchdoctor schema tasks failed
    """
    if not words:
        call.write(schema_list(call.head()))
        return ExitCode.OK
    name = " ".join(" ".join(words).split())
    if name not in ANSWERS:
        raise UsageError(f"{name!r} is no command with a schema.", hint=_hint(name, list(ANSWERS)))
    told = msgspec.json.format(msgspec.json.encode(schema_of(name)), indent=2)
    call.world.output.write(told.decode() + "\n")
    return ExitCode.OK


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"batchdoctor schema {near[0]}" if near else "batchdoctor schema lists which have one"
