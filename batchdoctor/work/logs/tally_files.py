"""Tallies kept in files, so that several machines can share the counting of one log."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import from_json, to_json
from batchdoctor.errors import InputError, UsageError
from batchdoctor.machine import WITHOUT_WAITING
from batchdoctor.work.files.atomic_file import atomic_file


def read_tallies(files: Sequence[Path]) -> list[Tally]:
    """The tallies in some files.

    Raises InputError for one that cannot be read or is no tally, and for what is in two of them.
    """
    tallies, owners = [], dict[str, Path]()
    for file in files:
        try:
            if file.is_char_device() or file.is_block_device():
                raise InputError(f"{file} is a device, and no tally.")
            text = file.read_bytes()
        except OSError as error:
            raise InputError(f"{file} could not be read: {error.strerror}.") from error
        tally = from_json(text, str(file))
        # What holds nothing adds nothing.
        if tally.events:
            # It loads a library that most readings of logs have no use for.
            from hashlib import blake2b

            tally.parts.add(blake2b(text, digest_size=8).hexdigest())
            _refuse_twice(file, tally, owners)
        tallies.append(tally)
    return tallies


def _refuse_twice(file: Path, tally: Tally, owners: dict[str, Path]) -> None:
    """Raise InputError if a tally, or one that was merged into it, is in another, too."""
    for part in tally.parts:
        owner = owners.setdefault(part, file)
        if owner is not file:
            raise InputError(
                f"What {file} counted would be merged twice: {owner} holds it, too.",
                hint="name each tally once, and none that was merged into another one",
            )


def check_free(file: Path, *, force: bool) -> None:
    """Raise UsageError if a file is in the way that nobody said to replace.

    What is no file, such as a pipe or a device, is written to and never replaced.
    """
    if file.is_file() and not force:
        raise UsageError(
            f"{file} is there already, so nothing was counted.",
            hint="--force replaces it; another name keeps it",
        )
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="name a file in it")


def write_tally(file: Path, tally: Tally) -> None:
    """Write a tally to a file, all of it or nothing. Raises UsageError where that cannot be."""
    try:
        if file.exists() and not file.is_file():
            with _opened(file) as pipe:
                pipe.write(to_json(tally))
            return
        # What a link points to is meant, not the link.
        target = Path(os.path.realpath(file))
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        with atomic_file(target) as sink:
            sink.write(to_json(tally))
    except OSError as error:
        why = "nobody reads from it" if error.errno == errno.ENXIO else error.strerror
        raise UsageError(f"{file} could not be written: {why}.") from error


def _opened(pipe: Path) -> BinaryIO:
    """A pipe or a device to write to. Raises OSError, also where nobody reads."""
    handle = os.open(pipe, os.O_WRONLY | WITHOUT_WAITING)
    os.set_blocking(handle, True)
    return os.fdopen(handle, "wb")
