"""Pages of help that belong to no command: the overview, and the options of all."""

from __future__ import annotations

from collections.abc import Sequence

_OVERVIEW: tuple[list[str], ...] = ([], ["--help"], ["-h"])


def page_of(argv: Sequence[str]) -> str | None:
    """The page that a command line asks for; None for one that asks for something else."""
    # Each is built only for whoever asks.
    if list(argv) in _OVERVIEW:
        from batchdoctor.cli.overview import overview

        return overview()
    if list(argv) == ["help", "options"]:
        from batchdoctor.cli.options_page import options_page

        return options_page()
    return None
