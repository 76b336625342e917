"""One log to be read: a file, standard input or a stream from elsewhere, compressed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec

from batchdoctor.errors import InputError
from batchdoctor.events.compression import uncompressed
from batchdoctor.events.copied import cleaned
from batchdoctor.events.encoding import as_utf8

BUFFER = 64 * 1024


class Shelf(Protocol):
    """Where several sources come from that can be fetched ahead."""

    def expect(self, places: Sequence[str]) -> None:
        """Fetch the sources of these names from now on, in this order, in this process."""


class Source(msgspec.Struct, frozen=True):
    """One file, something with an opener of its own, or standard input (neither).

    `size` is in bytes, where whoever gives the opener knows it, and `tag` what no other content
    of it has. What is on a `shelf` can be read by
    any process, which tells the shelf first what it is about to read.
    """

    name: str
    path: Path | None = None
    opener: Callable[[], BufferedReader] | None = None
    size: int = 0
    tag: str = ""
    shelf: Shelf | None = None

    @property
    def is_shared(self) -> bool:
        """Whether another process can read it as well as this one."""
        return self.path is not None or self.shelf is not None


@contextmanager
def opened(
    source: Source,
    stdin: BinaryIO | None,
    watch: Callable[[BinaryIO], None] = lambda _: None,
) -> Iterator[BufferedReader]:
    """The bytes of a source as UTF-8, unpacked if they were compressed.

    `watch` gets the file as it is on disk, where it is one.

    Raises OSError when it cannot be opened, InputError when it needs what is not installed.
    """
    if source.opener is not None:
        with source.opener() as remote:
            yield readable(remote)
        return
    if source.path is None:
        if stdin is None:
            raise InputError("Cannot read standard input: it is closed.")
        yield readable(stdin)
        return
    with source.path.open("rb", buffering=BUFFER) as file:
        watch(file)
        yield readable(file)


def readable(stream: BinaryIO) -> BufferedReader:
    """A stream that can be looked into ahead, unpacked, as UTF-8, and without marks of copying."""
    if isinstance(stream, BufferedReader):
        text = as_utf8(uncompressed(stream))
    else:
        # Standard input of a test, or of an embedding program, need not be buffered.
        text = as_utf8(uncompressed(BufferedReader(cast("RawIOBase", stream), BUFFER)))
    return cleaned(text, text.peek(BUFFER))


def expect(sources: Sequence[Source]) -> None:
    """Let be fetched ahead what is about to be read here, in this order."""
    shelves = {id(source.shelf): source.shelf for source in sources if source.shelf}
    for shelf in shelves.values():
        shelf.expect([source.name for source in sources if source.shelf is shelf])
