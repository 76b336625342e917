"""Where batchdoctor keeps what is the user's own: settings, the journal of changes, names met."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from batchdoctor.machine import cache_home, config_home, state_home

_OURS = "batchdoctor"


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the journal is kept; None where no home folder is known."""
    base = state_home(environ)
    return base / _OURS if base else None


def config_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the settings are kept; None where no home folder is known."""
    base = config_home(environ)
    return base / _OURS if base else None


def names_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the names that a shell offers are kept; None where no home folder is known."""
    base = cache_home(environ)
    return base / _OURS / "names" if base else None
