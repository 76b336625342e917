"""Brings files here: to standard output as they are, or under names that are whole or not there."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.commands.file_names import Owner, matches, means_many
from batchdoctor.cli.error_text import tell_refused
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.visible import harmless, visible
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError, UsageError
from batchdoctor.report.failure_page import plural
from batchdoctor.service.client import Client
from batchdoctor.service.files import read
from batchdoctor.service.source import FileSource
from batchdoctor.work.files.safe_names import LocalFolder
from batchdoctor.work.files.whole_file import save_whole
from batchdoctor.work.files.why_missing import explained
from batchdoctor.work.reading.prefetch import started_ahead


class Shown:
    """File contents on standard output: exact bytes, or readable text if a person is looking."""

    def __init__(self, call: Call, *, raw: bool) -> None:
        self._output = call.world.output
        self._exact = raw or not call.world.stdout.isatty()
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, block: bytes) -> None:
        """Write some bytes. Raises what `Output` raises."""
        if self._exact:
            self._output.write_bytes(block)
        else:
            self._output.write(harmless(self._decoder.decode(block)))

    def flush(self) -> None:
        """Hand what was written to the reader."""
        self._output.flush()

    def finish(self) -> None:
        """Write what is left of a character that never came to its end."""
        if not self._exact:
            self._output.write(harmless(self._decoder.decode(b"", final=True)))


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
        _check_folder(self.path)
        return LocalFolder(self.path).path_of(name)


def destination(out: str | None) -> Destination | None:
    """The place that `--out` names; None for standard output."""
    return None if out in {None, "-"} else Destination(Path(str(out)), str(out).endswith("/"))


def _check_folder(path: Path) -> None:
    """Raise UsageError if something that is no folder has the name already."""
    if os.path.lexists(path) and not path.is_dir():
        raise UsageError(
            f"{path} is not a folder, so nothing was written.",
            hint="name a folder, or a file without a / at its end",
        )


def fetch_one(
    call: Call, source: FileSource, out: Destination | None, *, force: bool, raw: bool
) -> ExitCode:
    """Show one file, or save it as `out` or below it. Raises the errors of the service in words."""
    with call.client() as client:
        try:
            if out is None:
                shown = Shown(call, raw=raw)
                for block in read(client, source):
                    shown.write(block)
                shown.finish()
            else:
                name = PurePosixPath(source.path.replace("\\", "/")).name
                _save_one(call, client, source, out.target(name), force=force)
        except BatchdoctorError as error:
            raise explained(error, client, source, call.world.now()) from error
    return ExitCode.OK


def _save_one(call: Call, client: Client, source: FileSource, target: Path, *, force: bool) -> None:
    name = visible(source.path)

    def show(count: int, total: int | None) -> None:
        of_all = f" of {size_text(total)} ({count / total:.0%})" if total else ""
        call.world.progress.show(f"{size_text(count)}{of_all}, {name}")

    size = save_whole(client, source, target, force=force, arrived=show).size
    call.world.tell(f"wrote {size_text(size or 0)} to {visible(str(target))}")


def fetch_many(call: Call, owner: Owner, paths: Sequence[str], out: Path, *, force: bool) -> int:
    """Save all files that the paths mean below the folder `out`, several at a time.

    Raises UsageError if `out` is something else.
    """
    _check_folder(out)
    with call.client() as client:
        return _Fetching(call, client, owner, out, force).fetch(paths)


class _Fetching(msgspec.Struct):
    """Files of one owner on their way into one folder."""

    call: Call
    client: Client
    owner: Owner
    out: Path
    force: bool
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    count: int = 0
    size: int = 0
    arriving: dict[str, int] = msgspec.field(default_factory=dict)

    def fetch(self, paths: Sequence[str]) -> ExitCode:
        try:
            for name, results in started_ahead(self._wanted(paths), self._save):
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
        self.call.world.tell(visible(told + interrupted))
        return worst(self.statuses)

    def _wanted(self, paths: Sequence[str]) -> Iterator[tuple[str, Path]]:
        """Each file once, with the place that it goes to."""
        folder, seen = LocalFolder(self.out), set()
        for name in self._names(paths):
            if name in seen:
                continue
            seen.add(name)
            try:
                yield name, folder.path_of(name)
            except BatchdoctorError as error:
                self._refused(name, error)

    def _names(self, paths: Sequence[str]) -> Iterator[str]:
        patterns = [path for path in paths if means_many(path)]
        yield from (path for path in paths if not means_many(path))
        if not patterns:
            return
        for file in self.owner.files(self.client):
            wanted = any(matches(pattern, file.name) for pattern in patterns)
            if wanted and not file.is_directory:
                yield file.name

    def _save(self, wanted: tuple[str, Path]) -> Iterator[int | BatchdoctorError]:
        name, target = wanted
        source = self.owner.source(name)
        try:
            info = save_whole(
                self.client,
                source,
                target,
                force=self.force,
                arrived=lambda count, _total: self._arrived(name, count),
            )
            yield info.size or 0
        except BatchdoctorError as error:
            yield explained(error, self.client, source, self.call.world.now())

    def _tell(self, wanted: tuple[str, Path], result: int | BatchdoctorError) -> None:
        if isinstance(result, BatchdoctorError):
            self._refused(wanted[0], result)
            return
        self.arriving.pop(wanted[0], None)
        self.count += 1
        self.size += result
        self._show(wanted[0])

    def _arrived(self, name: str, count: int) -> None:
        """Several threads call this, each for a file of its own."""
        self.arriving[name] = count
        self._show(name)

    def _show(self, name: str) -> None:
        here = size_text(self.size + sum(list(self.arriving.values())))
        self.call.world.progress.show(visible(f"{plural(self.count, 'file')}, {here}, {name}"))

    def _refused(self, name: str, error: BatchdoctorError) -> None:
        self.arriving.pop(name, None)
        self.statuses.append(error.exit_code)
        tell_refused(self.call, error)
