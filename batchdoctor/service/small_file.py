"""A small file that somebody names: read whole, never for ever, whatever is in its place."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

from batchdoctor.machine import WITHOUT_WAITING

# A settings file has some hundred bytes, a device never ends.
LONGEST = 1024 * 1024
# So long may nobody write to a pipe that has a name. Behind `<(...)` somebody does, in the end.
PATIENCE = 20.0
_PIECE = 64 * 1024


def read_small(path: str | Path, longest: int = LONGEST) -> str:
    """The text of a file of at most so many bytes, without a byte order mark.

    Raises OSError, also for a longer file and for a named pipe that nobody writes to, and
    UnicodeDecodeError for what is no UTF-8.
    """
    handle = os.open(path, os.O_RDONLY | WITHOUT_WAITING)
    try:
        data = _read(handle, Path(path), longest)
    finally:
        os.close(handle)
    if len(data) > longest:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data.decode("utf-8-sig")


def _read(handle: int, path: Path, longest: int) -> bytes:
    is_plain = stat.S_ISREG(os.fstat(handle).st_mode)
    until = time.monotonic() + PATIENCE if _is_named_pipe(path) else None
    data = b""
    while len(data) <= longest:
        if not is_plain:
            _wait(handle, until)
        piece = os.read(handle, _PIECE)
        if not piece:
            break
        data += piece
    return data


def _is_named_pipe(path: Path) -> bool:
    """Whether it has a name of its own; the pipe behind `/dev/fd/63` has none."""
    return path.is_fifo() and Path(os.path.realpath(path)).exists()


def _wait(handle: int, until: float | None) -> None:
    seconds = None if until is None else max(until - time.monotonic(), 0)
    if not select.select([handle], [], [], seconds)[0]:
        raise TimeoutError(errno.ETIMEDOUT, "nobody wrote to the pipe")
