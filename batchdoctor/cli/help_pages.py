"""Pages of help that need no command: the overview, the options of all, and those that are kept.

To make the page of a command takes all that the command imports, to read it takes nothing. The kept
ones are written by `.ci/generate.py`, for the width that nearly every terminal has.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from batchdoctor.cli.overview import overview
from batchdoctor.cli.words import WORDS

HELP = frozenset({"--help", "-h"})
KEPT = Path(__file__).parent / "manual" / "pages"
WIDTH = 80
_OVERVIEW: tuple[list[str], ...] = ([], ["--help"], ["-h"])
_MOST_WORDS = 2


def page_of(argv: Sequence[str], columns: int = WIDTH) -> str | None:
    """The page that a command line asks for, and that fits; None for anything else."""
    # Each is built only for whoever asks.
    if list(argv) in _OVERVIEW:
        return overview()
    if list(argv) == ["help", "options"]:
        from batchdoctor.cli.options_page import options_page

        return options_page()
    # In a narrower terminal the lines of a command's page are folded otherwise.
    return _kept(argv[:-1]) if argv[-1] in HELP and columns >= WIDTH else None


def file_of(words: Sequence[str]) -> Path:
    """Where the page of a command, or of a noun, is kept."""
    return KEPT / f"{'-'.join(words)}.txt"


def _kept(words: Sequence[str]) -> str | None:
    """The page of a command as it was written; None where it is to be made."""
    if len(words) > _MOST_WORDS or words[0] not in WORDS:
        return None
    if len(words) == _MOST_WORDS and words[1] not in WORDS[words[0]].modules:
        return None
    try:
        return file_of(words).read_text(encoding="utf-8")
    except OSError:  # where the program is one file there is no folder
        return None
