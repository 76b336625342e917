"""Asks before anything is changed, and refuses where nobody can be asked."""

from __future__ import annotations

import textwrap

from batchdoctor.cli.world import World
from batchdoctor.core.text.gate import shown
from batchdoctor.errors import DeclinedError
from batchdoctor.machine import columns_of
from batchdoctor.report.terminal import describe_terminal


def announce(world: World, text: str) -> None:
    """Tell what will be done, on a terminal in lines that end between words; no id is cut."""
    line = shown(text)
    if world.stderr.isatty():
        terminal = describe_terminal(
            world.environ, is_terminal=True, columns=columns_of(world.stderr), encoding=None
        )
        room = terminal.width - 1
        folded = textwrap.wrap(
            line, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        line = "\n".join(folded)
    world.tell(line)


def ask(world: World, question: str) -> None:
    """Return if the user agrees to `question`.

    Raises DeclinedError if they do not, or if there is no terminal to ask on.
    """
    if not world.stdin.isatty():
        raise DeclinedError(
            "Nothing was done: this needs a yes, and there is no terminal to ask on.",
            hint="add --yes to go ahead, or --dry-run to see what would be done",
        )
    world.progress_line.clear()
    world.stderr.write(f"{shown(question)} [y/N] ")
    world.stderr.flush()
    answer = _line(world)
    if not answer:
        world.stderr.write("\n")
        raise DeclinedError("Nothing was done: no answer came.", hint="add --yes to go ahead")
    if answer.strip().lower() not in {"y", "yes"}:
        raise DeclinedError("Nothing was done: the answer was no.")


def _line(world: World) -> str:
    """What was typed; interrupted, the line of the question is ended."""
    try:
        return world.stdin.readline()
    except KeyboardInterrupt:
        world.stderr.write("\n")
        raise


def ask_secret(world: World, question: str) -> str:
    """Ask for a secret without showing it as it is typed.

    Raises DeclinedError if there is no terminal, or nothing was typed.
    """
    if not world.stdin.isatty():
        raise DeclinedError(
            "Nothing was done: a password is needed, and there is no terminal to ask on.",
            hint="on Linux nodes a key needs no password: --ssh-key FILE",
        )
    world.progress_line.clear()
    try:
        secret = world.read_secret(question).rstrip("\r\n")
    except OSError as error:
        raise DeclinedError(
            f"Nothing was done: a password is needed, and {error}.",
            hint="on Linux nodes a key needs no password: --ssh-key FILE",
        ) from error
    if not secret:
        raise DeclinedError("Nothing was done: no password was given.")
    return secret
