"""What is piped into a command: its bytes, and its text in whatever encoding it has."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, TextIO

from batchdoctor.cli.world import World
from batchdoctor.errors import UsageError
from batchdoctor.events.source import readable


def piped_bytes(world: World) -> BinaryIO:
    """The bytes below standard input."""
    buffer: BinaryIO | None = getattr(world.stdin, "buffer", None)
    return buffer if buffer is not None else io.BytesIO(world.stdin.read().encode())


def piped_text(world: World, limit: int = -1) -> str:
    """At most so many bytes of standard input as text, whatever their encoding."""
    return readable(piped_bytes(world)).read(limit).decode("utf-8", "replace")


def piped_ids(world: World) -> list[str]:
    """The ids in standard input, one a line. Raises UsageError where one of them is no text."""
    text = piped_text(world).replace("\ufeff", "")
    if "\ufffd" in text:
        raise UsageError(
            "Cannot read the ids of standard input: they are not in UTF-8.",
            hint="write them in UTF-8, one a line",
        )
    return [line.strip() for line in text.splitlines() if line.strip()]


class PipedAgain:
    """Standard input for those who read it once a round: each gets the whole of it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._data: bytes | None = None

    def stream(self) -> TextIO:
        """The same input from its beginning; what is behind it is read once, when it is asked for.

        A terminal stays what it is.
        """
        if self._world.stdin.isatty():
            return self._world.stdin
        raw = _WhenAsked(self.data)
        return io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8")

    def data(self) -> bytes:
        """All that was piped in."""
        if self._data is None:
            self._data = piped_bytes(self._world).read()
        return self._data


class _WhenAsked(io.RawIOBase):
    """Bytes that are fetched at the first read."""

    def __init__(self, fetch: Callable[[], bytes]) -> None:
        super().__init__()
        self._fetch = fetch
        self._held: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._held is None:
            self._held = io.BytesIO(self._fetch())
        return self._held.readinto(buffer)
