"""Brings files of one owner here, several at a time, under names that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import msgspec

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError, UsageError, worst
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.service.source import BlobFile, FileSource
from batchdoctor.work.files.listing import files_of
from batchdoctor.work.files.owner import Owner, matches, means_many
from batchdoctor.work.files.safe_names import LocalFolder
from batchdoctor.work.files.saved import copy_of
from batchdoctor.work.files.whole_file import save_whole
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.surroundings import Surroundings

# So many names are kept to know how much is to come; of more the bar has no end.
_KNOWN = 10_000

# A file's name, where it goes, and its size in bytes.
_Wanted = tuple[str, Path, int | None]


class Destination(msgspec.Struct, frozen=True):
    """A place for one file; `is_folder` if its name ends like a folder's."""

    path: Path
    is_folder: bool

    def target(self, name: str) -> Path:
        """Where the file of that name goes. Raises RefusedError, and UsageError for no folder."""
        if self.path.is_dir():
            return LocalFolder(self.path).path_of(name)
        if not self.is_folder:
            return self.path
        check_folder(self.path)
        return LocalFolder(self.path).path_of(name)


def check_folder(path: Path) -> None:
    """Raise UsageError if something that is no folder has the name already."""
    if os.path.lexists(path) and not path.is_dir():
        raise UsageError(
            f"{path} is not a folder, so nothing was written.",
            hint="name a folder, or a file without a / at its end",
        )


class Fetching(msgspec.Struct):
    """Files of one owner on their way into one folder."""

    outside: Surroundings
    client: Client
    owner: Owner
    out: Path
    force: bool
    refused: Callable[[BatchdoctorError], None]
    """Told of each file that could not be had."""
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    count: int = 0
    size: int = 0
    arriving: dict[str, int] = msgspec.field(default_factory=dict)
    total: int | None = None
    """All bytes that are to come, where that is known."""

    def fetch(self, paths: Sequence[str]) -> ExitCode:
        """Save all files that the paths mean. Raises NotFoundError if there is none."""
        try:
            for name, results in prefetched(self._weighed(self._wanted(paths)), self._save):
                for size in results:
                    self._tell(name, size)
        except KeyboardInterrupt:
            self.statuses.append(ExitCode.INTERRUPTED)
        told = f"wrote {plural(self.count, 'file')}, {size_text(self.size)}, below {self.out}"
        if not self.count and not self.statuses:
            raise NotFoundError(
                f"No file of {self.owner.group_id}/{self.owner.id} matches.",
                hint="batchdoctor files list shows what is there",
            )
        interrupted = " before it was interrupted" if ExitCode.INTERRUPTED in self.statuses else ""
        self.outside.note(told + interrupted)
        return worst(self.statuses)

    def _weighed(self, wanted: Iterator[_Wanted]) -> Iterator[_Wanted]:
        """The same files; of so few that they can be kept it is known how much is to come."""
        first = list(islice(wanted, _KNOWN)) if self.outside.watched() else []
        if first and len(first) < _KNOWN and all(size is not None for _, _, size in first):
            self.total = sum(size or 0 for _, _, size in first)
        yield from chain(first, wanted)

    def _wanted(self, paths: Sequence[str]) -> Iterator[_Wanted]:
        """Each file once, with the place that it goes to."""
        folder, seen = LocalFolder(self.out), set()
        for name, size in self._names(paths):
            if name in seen:
                continue
            seen.add(name)
            try:
                yield name, folder.path_of(name), size
            except BatchdoctorError as error:
                self._failed(name, error)

    def _names(self, paths: Sequence[str]) -> Iterator[tuple[str, int | None]]:
        patterns = [path for path in paths if means_many(path)]
        yield from ((path, None) for path in paths if not means_many(path))
        if not patterns:
            return
        for file, _ in files_of(self.outside, self.client, self.owner):
            wanted = any(matches(pattern, file.name) for pattern in patterns)
            if wanted and not file.is_directory:
                yield file.name, file.properties.content_length if file.properties else None

    def _save(self, wanted: _Wanted) -> Iterator[int | BatchdoctorError]:
        name, target, _ = wanted
        source = self.owner.source(name)
        try:
            yield self._save_from(source, name, target)
        except BatchdoctorError as error:
            found = copy_of(self.client, source, error)
            now = self.outside.now()
            told = with_reason(error, self.client, source, now, found.missed)
            yield told if found.copy is None else self._save_copy(found.copy.blob, name, target)

    def _save_copy(self, blob: BlobFile, name: str, target: Path) -> int | BatchdoctorError:
        try:
            size = self._save_from(blob, name, target)
        except BatchdoctorError as error:
            return error
        self.outside.note(f"note: {name} is the copy that was saved as {blob.url}")
        return size

    def _save_from(self, source: FileSource, name: str, target: Path) -> int:
        info = save_whole(
            self.client,
            source,
            target,
            force=self.force,
            arrived=lambda count, _total: self._arrived(name, count),
        )
        return info.size or 0

    def _tell(self, wanted: _Wanted, result: int | BatchdoctorError) -> None:
        if isinstance(result, BatchdoctorError):
            self._failed(wanted[0], result)
            return
        self.arriving.pop(wanted[0], None)
        self.count += 1
        self.size += result
        self._show()

    def _arrived(self, name: str, count: int) -> None:
        """Several threads call this, each for a file of its own."""
        self.arriving[name] = count
        self._show()

    def _show(self) -> None:
        here = self.size + sum(list(self.arriving.values()))
        what = f"fetching files, {self.count:,} here"
        self.outside.progress(Advance(what, here, self.total, BYTES))

    def _failed(self, name: str, error: BatchdoctorError) -> None:
        self.arriving.pop(name, None)
        self.statuses.append(error.exit_code)
        self.refused(error)
