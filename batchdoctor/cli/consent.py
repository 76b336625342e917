"""Asks before anything is changed, and refuses where nobody can be asked."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from batchdoctor.cli.world import World
from batchdoctor.core.names import AccountName, folded
from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.wording import listed
from batchdoctor.errors import DeclinedError
from batchdoctor.machine import columns_of
from batchdoctor.report.terminal import describe_terminal


class Consent(msgspec.Struct, frozen=True):
    """What was agreed to on the command line: a yes, and the pools that were named for it."""

    yes: bool = False
    pools: Sequence[str] = ()

    @classmethod
    def of(cls, yes: bool, confirm: Sequence[str] | None) -> Consent:
        """The values of `--yes` and `--confirm`."""
        return cls(yes, tuple(confirm or ()))


def announce_where(world: World, account: AccountName) -> None:
    """Tell which account the plan below is for; on a terminal a protected one stands out."""
    told = f"account: {account.with_profile()}"
    if not (account.protected and world.stderr.isatty()):
        announce(world, told)
        return
    from batchdoctor.report.page import Tone
    from batchdoctor.report.paint import Painter  # and with it rich

    terminal = describe_terminal(world.environ, is_terminal=True, columns=None, encoding=None)
    world.tell(told, lambda text: Painter(terminal).styled(text, Tone.WARN))


def announce(world: World, text: str) -> None:
    """Tell what will be done, on a terminal in lines that end between words; no id is cut."""
    world.tell(_lines(world, text))


def _lines(world: World, text: str) -> str:
    line = shown(text)
    if not world.stderr.isatty():
        return line
    terminal = describe_terminal(
        world.environ, is_terminal=True, columns=columns_of(world.stderr), encoding=None
    )
    room = terminal.width - 1
    folded = textwrap.wrap(
        line, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(folded)


def agree(
    world: World, account: AccountName, deed: str, names: Sequence[str], consent: Consent
) -> None:
    """Return if the user agrees to a `deed`, such as `reboot 2 nodes of render`, in an account.

    `names` are the pools that it touches; in a protected account each of them has to be typed, or
    named by `--confirm`. Raises DeclinedError where one is not, or where nobody agrees.
    """
    left = list({folded(name): name for name in names}.values())
    if consent.pools:
        confirmed = {folded(pool) for pool in consent.pools}
        left = [name for name in left if folded(name) not in confirmed]
        if left:
            raise DeclinedError(
                f"Nothing was done: this touches {listed(left)}, which --confirm does not name.",
                hint=_confirming(left),
            )
    if not account.protected or (consent.pools and not left):
        if not consent.yes:
            ask(world, f"{deed[:1].upper()}{deed[1:]} in {account}?")
        return
    if not world.stdin.isatty():
        raise DeclinedError(
            f"Nothing was done: {account} is protected, so that a change needs the name of its "
            "pool, and there is no terminal to type it on.",
            hint=_confirming(left),
        )
    for name in left:
        _have_typed(world, f"{account} is protected. To {deed}, type {name}:", name)


def _confirming(names: Sequence[str]) -> str:
    return f"add --yes {' '.join(f'--confirm {name}' for name in names)}"


def _have_typed(world: World, question: str, name: str) -> None:
    world.progress_line.clear()
    world.stderr.write(f"{_lines(world, question)} ")
    world.stderr.flush()
    typed = _line(world)
    if not typed:
        world.stderr.write("\n")
        raise DeclinedError("Nothing was done: no answer came.", hint=_confirming([name]))
    if folded(typed.strip()) != folded(name):
        raise DeclinedError(f"Nothing was done: {typed.strip()!r} is not {name}.")


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
    world.stderr.write(f"{_lines(world, f'{question} [y/N]')} ")
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
