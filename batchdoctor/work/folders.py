"""Where a program keeps what it wants to remember, by the environment it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """Where a program keeps what it wants to remember; None where no home folder is known.

    https://specifications.freedesktop.org/basedir-spec/ : a relative path counts as not set.
    """
    asked_for = environ.get("XDG_STATE_HOME", "")
    if Path(asked_for).is_absolute():
        return Path(asked_for) / "batchdoctor"
    home = environ.get("HOME") or environ.get("USERPROFILE", "")
    return Path(home) / ".local" / "state" / "batchdoctor" if home else None
