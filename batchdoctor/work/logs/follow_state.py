"""The file in which a follower keeps how far it is: one follower a file, and never half of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from batchdoctor.core.log.followed import VERSION, Followed
from batchdoctor.errors import UsageError
from batchdoctor.machine import ONLY_MINE, taken_by_another
from batchdoctor.work.files.atomic_file import atomic_file


class FollowState:
    """A file of the user's; None keeps nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for as long as it is followed. Raises UsageError where another program does."""
        if self._file is None:
            yield
            return
        beside = self._file.with_name(f"{self._file.name}.lock")
        try:
            handle = os.open(beside, os.O_RDWR | os.O_CREAT, ONLY_MINE)
        except OSError as error:
            raise UsageError(f"{beside} cannot be used: {error.strerror}.") from error
        try:
            if taken_by_another(handle):
                raise UsageError(
                    f"{self._file} is in use: another program follows with it.",
                    hint="give each a file of its own",
                )
            yield
        finally:
            os.close(handle)

    def read(self, container: str) -> Followed | None:
        """How far that container was followed; None for a first time. Raises UsageError."""
        if self._file is None:
            return None
        try:
            if self._file.exists() and not self._file.is_file():
                raise OSError("it is no file")
            kept = msgspec.json.decode(self._file.read_bytes(), type=Followed)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError(
                f"{self._file}, which says how far it was told, cannot be read: {error}.",
                hint="another --state begins anew, and tells what is written from now on",
            ) from error
        if kept.version != VERSION:
            raise UsageError(
                f"{self._file} is of another version of batchdoctor: {kept.version}, not"
                f" {VERSION}.",
                hint="another --state begins anew, and tells what is written from now on",
            )
        if kept.container != container:
            raise UsageError(
                f"{self._file} is about {kept.container}, and not about {container}.",
                hint="--state names a file for each container",
            )
        return kept

    def write(self, followed: Followed) -> None:
        """Remember it, all or nothing. Raises UsageError."""
        if self._file is None:
            return
        try:
            with atomic_file(self._file, mode=ONLY_MINE) as sink:
                sink.write(msgspec.json.encode(followed))
        except OSError as error:
            raise UsageError(
                f"{self._file} cannot be written: {error.strerror or error}.",
                hint="--state names another file",
            ) from error
