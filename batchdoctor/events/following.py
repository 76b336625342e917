"""Reads on in a log that is still being written: a file, or the blob of the current hour."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from batchdoctor.core.log.event import Event
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.records import Task
from batchdoctor.errors import InputError
from batchdoctor.events.blocks import LONGEST_LINE, Block, newlines_in
from batchdoctor.events.entries import Entry, counted, entries_of_block, overlong
from batchdoctor.events.failures import failed_tasks
from batchdoctor.events.selection import Selection

CHUNK = 1024 * 1024

# Bytes from an offset on, at most `CHUNK`; None if the log is now shorter, so it was begun anew.
Reader = Callable[[int], bytes | None]


class Following(msgspec.Struct):
    """A log of lines, of which only what is written from now on is of interest.

    `path` is a file or the URL of one blob. `wait` is called when there is nothing new, and returns
    whether to look again; it decides how long that takes. With `from_start` all of the log is read.
    """

    path: str
    wait: Callable[[], bool]
    selection: Selection = msgspec.field(default_factory=Selection)
    from_start: bool = False

    def events(self, tally: Tally) -> Iterator[Event]:
        """Yield every new event that was asked for, after counting it in `tally`."""
        return counted(self._entries(), self.selection, tally)

    def failures(self, tally: Tally) -> Iterator[Task]:
        """Yield every attempt that failed, when the first event tells of it."""
        return failed_tasks(self.events(tally), waiting=0)

    def _entries(self) -> Iterator[Entry]:
        with self._opened() as (size, read):
            yield from self._lines(0 if self.from_start else size, read)

    def _lines(self, offset: int, read: Reader) -> Iterator[Entry]:
        number, tail = 1, b""
        while True:
            piece = read(offset + len(tail))
            if piece is None:
                offset, number, tail = 0, 1, b""
            elif piece:
                whole, end, rest = (tail + piece).rpartition(b"\n")
                if end:
                    count = newlines_in(whole) + 1
                    yield from entries_of_block(Block(whole, offset, number, count), self.path)
                    offset, number = offset + len(whole) + 1, number + count
                tail = rest
            elif not self.wait():
                return
            if len(tail) > LONGEST_LINE:
                yield overlong(Block(b"", offset, number, 1, overlong=True), self.path)
                offset, tail = offset + len(tail), b""

    @contextmanager
    def _opened(self) -> Iterator[tuple[int, Reader]]:
        if self.path.startswith(("https://", "http://")):
            from batchdoctor.events.blobs import growing_blob

            yield growing_blob(self.path, os.environ, CHUNK)
            return
        with growing_file(Path(self.path)) as opened:
            yield opened


@contextmanager
def growing_file(path: Path) -> Iterator[tuple[int, Reader]]:
    """The size of a file now, and how to read on in it, also when another one takes its name.

    Raises InputError if it cannot be read.
    """
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.") from error

    def read(offset: int) -> bytes | None:
        nonlocal file
        file.seek(offset)
        piece = file.read(CHUNK)
        if piece or not _begun_anew(path, file.fileno(), offset):
            return piece
        file.close()
        file = path.open("rb", buffering=0)
        return None

    try:
        yield os.fstat(file.fileno()).st_size, read
    finally:
        file.close()


def _begun_anew(path: Path, descriptor: int, offset: int) -> bool:
    """Whether a file was cut back, or another one is there under its name."""
    mine = os.fstat(descriptor)
    try:
        there = path.stat()
    except OSError:
        # Moved away, and the next one is not there yet.
        return False
    return mine.st_size < offset or (mine.st_dev, mine.st_ino) != (there.st_dev, there.st_ino)
