"""What the reader's terminal can show: its width, whether colour is wanted, which characters."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from batchdoctor.report.hyperlinks import knows_links

DEFAULT_WIDTH = 80
# Narrower than this no table can be read; COLUMNS=0 and the like come from broken environments.
MIN_WIDTH = 40


class Terminal(msgspec.Struct, frozen=True):
    """Facts about where text goes: columns, colour, characters beyond ASCII, links, a screen."""

    width: int = DEFAULT_WIDTH
    colour: bool = False
    unicode: bool = True
    links: bool = False
    screen: bool = False


_WIDEST_DIGITS = 5


def describe_terminal(
    environ: Mapping[str, str], *, is_terminal: bool, columns: int | None, encoding: str | None
) -> Terminal:
    """Decide how to draw for one stream.

    `NO_COLOR` beats `FORCE_COLOR` and `CLICOLOR_FORCE`, which beat `CLICOLOR=0` and `TERM=dumb`,
    which beat the terminal itself (https://no-color.org, https://bixense.com/clicolors).
    """
    wanted = _columns_asked_for(environ) or (columns if is_terminal else None) or DEFAULT_WIDTH
    return Terminal(
        width=max(wanted, MIN_WIDTH),
        colour=_colour(environ, is_terminal=is_terminal),
        unicode=(encoding or "").lower().replace("-", "") in {"utf8", "utf16", "utf32"},
        links=knows_links(environ, is_terminal=is_terminal),
        screen=is_terminal,
    )


def _columns_asked_for(environ: Mapping[str, str]) -> int | None:
    text = environ.get("COLUMNS", "")
    # No terminal is wider; text of five thousand digits is no number that Python would read.
    return int(text) if text.isdecimal() and len(text) <= _WIDEST_DIGITS else None


def _colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE")
    if forced:
        return forced.lower() not in {"0", "false"}
    if environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    return is_terminal
