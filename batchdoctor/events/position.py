"""How far the reading of logs is, for whoever watches it from another thread."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from batchdoctor.events.shares import Piece


class Position:
    """Bytes read so far, as the files have them: packed ones count as packed.

    The reader only says which file it is in; where in it, the system is asked when somebody looks,
    so that reading costs nothing more. What other processes read is taken to be as far along.
    """

    def __init__(self) -> None:
        self.total: int | None = None
        """All bytes there are; None where that is not known, as of standard input."""
        self._own = 0
        self._done = 0
        self._file: tuple[int, int] | None = None

    def begin(self, shares: Sequence[Sequence[Piece]]) -> None:
        """Note what is to be read: the first share here, the others elsewhere."""
        self._own = sum(piece.size for piece in shares[0])
        total = sum(piece.size for share in shares for piece in share)
        unknown = any(not piece.source.is_shared for piece in shares[0])
        self.total = None if unknown or not total else total

    @contextmanager
    def reading(self, piece: Piece) -> Iterator[None]:
        """Count a piece as done when it has been read."""
        try:
            yield
        finally:
            self._file = None
            self._done += piece.size

    def opened(self, file: BinaryIO, start: int) -> None:
        """Note the file that is read now, and where in it that began."""
        self._file = file.fileno(), start

    @property
    def done(self) -> int:
        """Bytes read by now, of `total`."""
        here = self._done
        if (file := self._file) is not None:
            with suppress(OSError):  # it was closed meanwhile
                here += max(os.lseek(file[0], 0, os.SEEK_CUR) - file[1], 0)
        if not self.total or not self._own:
            return here
        return min(round(here * self.total / self._own), self.total)
