"""Where the files of maps and reduces are kept: a folder, or a container of a storage account."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from batchdoctor.errors import InputError, NotFoundError, UsageError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.atomic_file import atomic_file


class ShardPlace(Protocol):
    """Files by name. Every method raises an error that names the place."""

    name: str

    def names(self) -> Sequence[str]:
        """All files there are, in order; none where there is no place yet."""

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """A file, or so many bytes of it."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file there, all of it or nothing, in the place of one that is there."""


class ShardFolder:
    """Files in a folder, which the first of them makes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = Path(name)

    def names(self) -> Sequence[str]:
        """All files in the folder, in order."""
        try:
            return sorted(entry.name for entry in os.scandir(self._folder) if entry.is_file())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"Cannot read {self.name}: {error.strerror}.") from error

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """A file of the folder, or so many bytes of it."""
        path = self._folder / name
        try:
            with path.open("rb") as file:
                file.seek(start)
                return file.read() if length is None else file.read(length)
        except FileNotFoundError:
            raise NotFoundError(
                f"Cannot read {path}: there is no such file.",
                hint="run that `events map` again: it writes what is missing",
            ) from None
        except OSError as error:
            raise InputError(f"Cannot read {path}: {error.strerror}.") from error

    def write(self, name: str, content: bytes) -> None:
        """Put a file into the folder."""
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with atomic_file(path) as sink:
                sink.write(content)
        except OSError as error:
            raise UsageError(f"{path} could not be written: {error.strerror}.") from error


class ShardsAtHand:
    """Files in memory; some of them may be given."""

    name = "memory"

    def __init__(self, *given: Mapping[str, bytes]) -> None:
        self.files = {name: content for files in given for name, content in files.items()}

    def names(self) -> Sequence[str]:
        """All files, in order."""
        return sorted(self.files)

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """A file, or so many bytes of it."""
        content = self.files[name]
        return content[start:] if length is None else content[start : start + length]

    def write(self, name: str, content: bytes) -> None:
        """Keep a file."""
        self.files[name] = content


class Part(NamedTuple):
    """A part of a file, or all of it."""

    name: str
    start: int = 0
    length: int | None = None


def parts_ahead(place: ShardPlace, parts: Iterable[Part]) -> Iterator[tuple[Part, bytes]]:
    """Each part of a file with its bytes, in order, while the next few are being fetched."""

    def fetch(part: Part) -> Iterator[bytes]:
        yield place.read(*part)

    for part, content in prefetched(parts, fetch):
        yield part, b"".join(content)


def place_of(where: str) -> ShardPlace:
    """The place that a path or a URL of a container names. Raises UsageError for an empty one."""
    if not where:
        raise UsageError("The place of the shards is empty.", hint="name a folder or a container")
    if where.startswith(("https://", "http://")):
        # The Azure libraries take a quarter of a second to load.
        from batchdoctor.events.blob_folder import BlobFolder

        return BlobFolder(where, os.environ)
    return ShardFolder(where)
