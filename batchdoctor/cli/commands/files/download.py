"""Brings files here: to standard output as they are, or under names that are whole or not there."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from batchdoctor.cli.call import Call
from batchdoctor.cli.error_text import tell_refused
from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.visible import harmless, visible
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.service.client import Client
from batchdoctor.service.files import read
from batchdoctor.service.source import FileSource
from batchdoctor.work.files.download import Destination, Fetching, check_folder
from batchdoctor.work.files.nearest_end import tell_if_empty
from batchdoctor.work.files.owner import Owner
from batchdoctor.work.files.saved import FoundCopy, copy_of
from batchdoctor.work.files.whole_file import save_whole
from batchdoctor.work.files.why_missing import with_reason


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


@contextmanager
def noted(call: Call) -> Iterator[Client]:
    """Open the account, and tell at the end what was odd about its answers."""
    with call.client() as client:
        try:
            yield client
        finally:
            for notice in client.notices:
                call.world.note(f"note: {notice}")


def destination(out: str | None) -> Destination | None:
    """The place that `--out` names; None for standard output."""
    return None if out in {None, "-"} else Destination(Path(str(out)), str(out).endswith("/"))


def fetch_one(
    call: Call, owner: Owner, path: str, out: Destination | None, *, force: bool, raw: bool
) -> ExitCode:
    """Show one file, or save it as `out` or below it, from its node or from a saved copy.

    Raises the errors of the service in words, with the places where no copy was found.
    """
    source = owner.source(path)
    with noted(call) as client:
        fetched = _Fetched()
        try:
            _fetch(call, client, source, out, fetched, force=force, raw=raw)
        except BatchdoctorError as error:
            # Bytes that were shown cannot be taken back.
            found = FoundCopy() if fetched.size else copy_of(client, source, error)
            if found.copy is None:
                raise with_reason(error, client, source, call.world.now(), found.missed) from error
            call.world.note(found.told(source, error))
            _fetch(call, client, found.copy.blob, out, fetched, force=force, raw=raw)
        tell_if_empty(call.world, client, source, fetched.size)
    return ExitCode.OK


@dataclass(slots=True)
class _Fetched:
    """How many bytes have come."""

    size: int = 0


def _fetch(
    call: Call,
    client: Client,
    source: FileSource,
    out: Destination | None,
    fetched: _Fetched,
    *,
    force: bool,
    raw: bool,
) -> None:
    if out is not None:
        name = PurePosixPath(source.path.replace("\\", "/")).name
        fetched.size = _save_one(call, client, source, out.target(name), force=force)
        return
    shown = Shown(call, raw=raw)
    for block in read(client, source):
        shown.write(block)
        fetched.size += len(block)
    shown.finish()


def _save_one(call: Call, client: Client, source: FileSource, target: Path, *, force: bool) -> int:
    name = visible(source.path)

    def show(count: int, total: int | None) -> None:
        call.world.progress(Advance(f"fetching {name}", count, total, BYTES))

    size = save_whole(client, source, target, force=force, arrived=show).size or 0
    call.world.note(f"wrote {size_text(size)} to {visible(str(target))}")
    return size


def fetch_many(call: Call, owner: Owner, paths: Sequence[str], out: Path, *, force: bool) -> int:
    """Save all files that the paths mean below the folder `out`, several at a time.

    Raises UsageError if `out` is something else.
    """
    check_folder(out)
    with noted(call) as client:
        return Fetching(
            call.world, client, owner, out, force, lambda error: tell_refused(call, error)
        ).fetch(paths)
