r"""Whether a terminal makes links of what is marked as such (OSC 8), and the mark itself.

The form and who knows it: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ON, _OFF = {"1", "on", "yes", "true"}, {"0", "off", "no", "false"}
# Of an address nothing goes through that is no plain character of one.
_ADDRESS = r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,=%-]{1,2000}"
_MARK = r"\x1b]8;;[^\x1b]{0,2000}\x1b\\"
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty", "rio"})
_TERMS = ("xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm", "contour")
_VTE, _KONSOLE = 5000, 201200
_TMUX = (3, 4)


def knows_links(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether links are wanted and known of.

    Never in a pipe, and never with `NO_COLOR` or `TERM=dumb`. Then `BATCHDOCTOR_LINKS` decides, or
    `FORCE_HYPERLINK`, and without either what the terminal says of itself.
    """
    if not is_terminal or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    for name in ("BATCHDOCTOR_LINKS", "FORCE_HYPERLINK"):
        asked = environ.get(name, "").lower()
        if asked in _ON | _OFF:
            return asked in _ON
    return _says_so(environ)


def _says_so(environ: Mapping[str, str]) -> bool:
    term = environ.get("TERM", "")
    if term.startswith(("tmux", "screen")):
        # What is outside of it has left its variables behind, and is not who is asked.
        version = re.match(r"(\d{1,4})\.(\d{1,4})", environ.get("TERM_PROGRAM_VERSION", ""))
        if environ.get("TERM_PROGRAM") != "tmux" or version is None:
            return False
        return (int(version[1]), int(version[2])) >= _TMUX
    return (
        environ.get("TERM_PROGRAM") in _PROGRAMS
        or term.startswith(_TERMS)
        or bool(environ.get("WT_SESSION"))
        or _number(environ.get("VTE_VERSION")) >= _VTE
        or _number(environ.get("KONSOLE_VERSION")) >= _KONSOLE
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= len("999999") else 0


def linked(text: str, address: str) -> str:
    """Text that leads to an address; without the mark where that is no plain one of the web."""
    if not re.fullmatch(_ADDRESS, address):
        return text
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


def without_links(text: str) -> str:
    """The text without the marks, for a program that may not know them."""
    return re.sub(_MARK, "", text)
