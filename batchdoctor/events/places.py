"""Where logs are kept: every source below the paths that somebody names, in their order."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from batchdoctor.errors import InputError
from batchdoctor.events.archive_hours import may_hold
from batchdoctor.events.source import Source


def sources_of(
    paths: Sequence[str], since: datetime | None = None, until: datetime | None = None
) -> Iterator[Source]:
    """Every file named, folders with all files in and below them, `-` for standard input.

    The URL of a container in a storage account stands for all blobs in it, or below a prefix.

    Left out of folders are names that begin with a dot, and what was filed too long before or after
    the time asked for. Raises InputError for a path that does not exist.
    """
    for path in paths:
        if path == "-":
            yield Source("-")
        elif path.startswith(("https://", "http://")):
            # The Azure libraries take a quarter of a second to load.
            from batchdoctor.events.blobs import blob_sources

            yield from blob_sources(path, os.environ, since, until)
        elif _never_ends(Path(path)):
            yield _unreadable(Path(path), OSError(errno.EINVAL, "it is a device"))
        elif Path(path).is_dir():
            yield from _in_folder(Path(path), since, until, set())
        else:
            _must_be_there(path)
            yield Source(printable(path), Path(path))


def _must_be_there(path: str) -> None:
    """Raise InputError for a path that leads nowhere, OSError for one that cannot be followed."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"Cannot read {path}: there is no such file or folder.",
            hint="Name files or folders of diagnostic logs, or - for standard input.",
        ) from None


def _in_folder(
    folder: Path, since: datetime | None, until: datetime | None, seen: set[tuple[int, int]]
) -> Iterator[Source]:
    """Every file below a folder, once, by however many links it can be reached."""
    try:
        if _met(folder, seen):
            return
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for entry in entries:
        if entry.name.startswith(".") or not may_hold(entry.as_posix(), since, until):
            continue
        if entry.is_dir():
            yield from _in_folder(entry, since, until, seen)
        elif entry.is_file() and not _met(entry, seen):
            yield Source(printable(str(entry)), entry)


def _met(place: Path, seen: set[tuple[int, int]]) -> bool:
    """Whether a folder was looked into before; it counts as such from now on."""
    status = place.stat()
    here = (status.st_dev, status.st_ino)
    if here in seen:
        return True
    seen.add(here)
    return False


def _never_ends(path: Path) -> bool:
    """Whether it is a device such as `/dev/zero`; a terminal ends, and so does nothing at all."""
    try:
        status = path.stat()
        if stat.S_ISBLK(status.st_mode):
            return True
        if not stat.S_ISCHR(status.st_mode) or status.st_rdev == Path(os.devnull).stat().st_rdev:
            return False
        with path.open("rb", buffering=0) as device:
            return not device.isatty()
    except OSError:
        return False  # why it cannot be read is told when it is opened


def _unreadable(folder: Path, error: OSError) -> Source:
    """A folder that cannot be looked into, as a source that cannot be opened."""

    def refuse() -> BufferedReader:
        raise error

    return Source(printable(str(folder)), opener=refuse)


def printable(path: str) -> str:
    """A name for people and documents, also of a file whose name is no UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
