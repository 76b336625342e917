"""Brings a file of the account here, all of it or nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from batchdoctor.errors import UsageError
from batchdoctor.service.client import Client
from batchdoctor.service.files import Arrived, download
from batchdoctor.service.source import FileInfo, FileSource
from batchdoctor.work.files.atomic_file import atomic_file


def save_whole(
    client: Client,
    source: FileSource,
    target: Path,
    *,
    force: bool,
    arrived: Arrived | None = None,
) -> FileInfo:
    """Write a file of the account under `target`, and the folders on the way to it.

    `arrived` is told how many bytes are there, and of how many.

    Raises UsageError if a file is in the way and `force` is not given, if anything but a file is
    in the way, or if the place cannot be written to; the errors of the service pass through.
    """
    refuse_what_is_no_file(target)
    if os.path.lexists(target) and not force:
        raise UsageError(
            f"{target} is there already and was left as it is.",
            hint="add --force to replace it, or choose another --out",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return _save(client, source, target, arrived)
    except OSError as error:
        raise UsageError(f"{target} could not be written: {error.strerror}.") from error


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


def _save(client: Client, source: FileSource, target: Path, arrived: Arrived | None) -> FileInfo:
    with atomic_file(target) as sink:
        return download(client, source, sink, arrived)
