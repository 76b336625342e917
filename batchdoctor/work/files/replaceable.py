"""What may stand where a file is to be written: another file, and nothing else."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from batchdoctor.errors import UsageError


def refuse_what_is_no_file(target: Path) -> None:
    """Raise UsageError if `target` is there and no regular file: such a thing is never replaced."""
    try:
        mode = target.lstat().st_mode
    except OSError:
        return  # nothing is there, or what is wrong with the place shows when it is written to
    if stat.S_ISREG(mode):
        return
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "something that is no file")
    raise UsageError(
        f"{target} is {kind} and was left as it is: only a file can be replaced.",
        hint="name a file with --out, or leave --out away to write to standard output",
    )


_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)
