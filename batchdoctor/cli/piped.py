"""What is piped into a command: its bytes, and its text in whatever encoding it has."""

from __future__ import annotations

import io
from typing import BinaryIO

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
