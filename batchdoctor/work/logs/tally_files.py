"""Tallies kept in files, so that several machines can share the counting of one log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import from_json, to_json
from batchdoctor.errors import InputError, UsageError
from batchdoctor.work.files.atomic_file import atomic_file


def read_tallies(files: Sequence[Path]) -> list[Tally]:
    """The tallies in some files. Raises InputError for one that cannot be read or is no tally."""
    tallies = []
    for file in files:
        try:
            text = file.read_bytes()
        except OSError as error:
            raise InputError(f"{file} could not be read: {error.strerror}.") from error
        tallies.append(from_json(text, str(file)))
    return tallies


def write_tally(file: Path, tally: Tally) -> None:
    """Write a tally to a file, all of it or nothing. Raises UsageError where that cannot be."""
    try:
        with atomic_file(file) as sink:
            sink.write(to_json(tally))
    except OSError as error:
        raise UsageError(f"{file} could not be written: {error.strerror}.") from error
