"""Writes a file so that its name is there only when all of its bytes are."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from batchdoctor.errors import UsageError
from batchdoctor.service.client import Client
from batchdoctor.service.files import Arrived, download
from batchdoctor.service.source import FileInfo, FileSource

_LONGEST_PREFIX = 100


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

    Raises UsageError if a file is in the way and `force` is not given, or if the place cannot be
    written to; the errors of the service pass through.
    """
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


def _save(client: Client, source: FileSource, target: Path, arrived: Arrived | None) -> FileInfo:
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:_LONGEST_PREFIX]}.", suffix=".part", dir=target.parent
    )
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as sink:
            info = download(client, source, sink, arrived)
            sink.flush()
            os.fsync(sink.fileno())
        part.chmod(0o666 & ~_MASK)
        part.replace(target)
    except BaseException:  # an interrupted download must not leave its half behind either
        part.unlink(missing_ok=True)
        raise
    return info


def _umask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Read once, because reading it changes it for a moment, and threads write files meanwhile.
_MASK = _umask()
