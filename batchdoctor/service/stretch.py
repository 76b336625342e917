"""The bytes of one answer, laid on the file: what they repeat is compared, what is new passes.

The service answers a range with 200, chunked, and no header that tells which part it sends. So a
part is asked for together with some bytes that are known; when others come, the range was ignored
and the file comes from its first byte. Where nothing is known yet, a short part is held back until
its end, because a whole file is longer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from batchdoctor.service.known import Known


class MismatchError(Exception):
    """The bytes that came are not those that were there before."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file, from `first` up to `end` (exclusive)."""

    first: int
    end: int

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.end - self.first


class Stretch:
    """One answer. `part` is what it is taken for, None for the file from its beginning.

    `told`: headers say that the part is the part. `ignored` is set once the bytes prove that a part
    was asked for, and the file comes from its beginning.
    """

    def __init__(self, known: Known, part: Part | None, *, told: bool = False) -> None:
        self.ignored = False
        self._known = known
        self._asked_for_part = part is not None
        self.part = part
        self._told = told
        self._held: bytearray | None = None
        self._check: hashlib._Hash | None = None
        self._position = part.first if part else 0
        self._overlap = known.offset - self._position if part else 0
        if part is None:
            self._begin_again()
        elif self._overlap or not told:
            self._held = bytearray()

    def take(self, chunk: bytes) -> bytes:
        """Return what is new of some bytes; raises `MismatchError`."""
        if self._held is None:
            return self._new(chunk)
        self._held += chunk
        if self._overlap:
            return self._compared()
        if self.part is not None and len(self._held) > self.part.size:
            return self._from_beginning()
        return b""

    def end(self) -> bytes:
        """Return what was held back until the end; raises `MismatchError`."""
        if self._check is not None:
            raise MismatchError
        if self._held is None or self.part is None or len(self._held) < self.part.size:
            return b""
        return self._released()

    def _compared(self) -> bytes:
        """Let bytes pass once those that are known have come."""
        held = self._held or bytearray()
        if len(held) < self._overlap:
            return b""
        if held[: self._overlap] == self._known.last[-self._overlap :]:
            return self._released()
        if self._told:
            raise MismatchError
        return self._from_beginning()

    def _from_beginning(self) -> bytes:
        self.part, self._position = None, 0
        self._begin_again()
        fresh = self._released()
        self.ignored = self._check is None
        return fresh

    def _begin_again(self) -> None:
        if self._known.offset > self._known.begin:
            self._check = hashlib.sha256()

    def _released(self) -> bytes:
        held, self._held = bytes(self._held or b""), None
        return self._new(held)

    def _new(self, chunk: bytes) -> bytes:
        known = self._known
        repeated = chunk[: max(known.offset - self._position, 0)]
        if self._check is not None:
            self._check.update(repeated[max(known.begin - self._position, 0) :])
        self._position += len(repeated)
        if self._check is not None and self._position >= known.offset:
            if not known.has_digest(self._check):
                raise MismatchError
            self._check = None
            self.ignored = self._asked_for_part
        fresh = chunk[len(repeated) :]
        self._position += len(fresh)
        if self.part is not None and self._position > self.part.end:
            # A whole file that happened to begin with the bytes that were known.
            raise MismatchError
        return fresh
