"""Brings a file of the account here, all of it or nothing."""

from __future__ import annotations

import os
from pathlib import Path

from batchdoctor.errors import UsageError
from batchdoctor.service.client import Client
from batchdoctor.service.files import Arrived, download
from batchdoctor.service.source import FileInfo, FileSource
from batchdoctor.work.files.atomic_file import atomic_file
from batchdoctor.work.files.replaceable import refuse_what_is_no_file


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


def _save(client: Client, source: FileSource, target: Path, arrived: Arrived | None) -> FileInfo:
    with atomic_file(target) as sink:
        return download(client, source, sink, arrived)
