"""The file behind the journal: whole lines at its end, and nothing but a plain file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batchdoctor.machine import ONLY_MINE, PLAIN_FILE_ONLY, keep_to_owner

NAME = "journal.jsonl"


def check(folder: Path | None) -> None:
    """Make the file if it is not there; raises OSError where it cannot be written to."""
    with _to_write(folder):
        pass


def append(folder: Path | None, line: str, *, at_once: bool = False) -> None:
    """Write one line at the end, a line of its own whatever is before it. Raises OSError.

    `at_once` waits until it is on the disk, and would be there after a power cut, too.
    """
    with _to_write(folder) as handle:
        data = line.encode() + b"\n"
        if _ends_within_a_line(handle):
            data = b"\n" + data
        # One call for the whole line, so that lines of two programs never mix.
        if os.write(handle, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if at_once:
            os.fsync(handle)


def lines(folder: Path | None) -> list[str]:
    """All lines, none where there is no file; raises OSError where it cannot be read."""
    path = folder / NAME if folder else None
    if path is None or not os.path.lexists(path):
        return []
    _refuse_what_is_no_file(path.lstat())
    handle = os.open(path, os.O_RDONLY | PLAIN_FILE_ONLY)
    with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
        return file.read().split("\n")


@contextmanager
def _to_write(folder: Path | None) -> Iterator[int]:
    if folder is None:
        raise OSError(errno.ENOENT, "neither XDG_STATE_HOME nor HOME is set")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    if os.path.lexists(path):
        _refuse_what_is_no_file(path.lstat())
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | PLAIN_FILE_ONLY, ONLY_MINE)
    try:
        _refuse_what_is_no_file(os.fstat(handle))
        keep_to_owner(handle)
        yield handle
    finally:
        os.close(handle)


def _refuse_what_is_no_file(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no plain file"
        raise OSError(errno.EINVAL, f"{NAME} is {kind}")


def _ends_within_a_line(handle: int) -> bool:
    """Whether the last line was cut off, as on a disk that was full."""
    if os.lseek(handle, 0, os.SEEK_END) == 0:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"
