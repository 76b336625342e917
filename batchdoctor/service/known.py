"""What of a file was handed out already, so that what comes later can be held against it."""

from __future__ import annotations

import hashlib

# So much of the end is asked for again after a break, and so much of the beginning if the file may
# have been written to: both must be as before.
LAST = 256
FIRST = 1024


class Known:
    """The bytes of a file from `begin` up to `offset`: their digest, the first and the last.

    `before` are bytes just before `start` that somebody has seen earlier.
    """

    def __init__(self, start: int, before: bytes = b"") -> None:
        self.begin = start - len(before)
        self.offset = start
        self.first = before[:FIRST]
        self.last = before[-LAST:]
        self._digest = hashlib.sha256(before)

    def add(self, fresh: bytes) -> None:
        """Take note of bytes that follow."""
        if len(self.first) < FIRST:
            self.first += fresh[: FIRST - len(self.first)]
        self.last = (self.last + fresh[-LAST:])[-LAST:]
        self._digest.update(fresh)
        self.offset += len(fresh)

    def has_digest(self, other: hashlib._Hash) -> bool:
        """Whether the same bytes went into another digest."""
        return self._digest.digest() == other.digest()
