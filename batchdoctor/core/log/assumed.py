"""What a log does not say: what had to be assumed of it, and events whose time is not known."""

from __future__ import annotations

import msgspec


class Assumed(msgspec.Struct, frozen=True):
    """Something that a log does not say and that its reading took for granted, in a sentence."""

    text: str


class Untimed(msgspec.Struct):
    """Events with a time that cannot be read, and events that a limit of time left out for it.

    `unread` are counted all the same, if no time was asked for. `left_out` are not: nothing tells
    whether they are in the time asked for. `example` is the least of the texts, in their order.
    """

    unread: int = 0
    left_out: int = 0
    example: str = ""

    def note(self, text: str) -> None:
        """Count an event whose time cannot be read."""
        self.unread += 1
        self._keep(text)

    def leave_out(self, text: str | None) -> None:
        """Count an event that was left out, with the text of its time if it has any."""
        self.left_out += 1
        self._keep(text or "")

    def merge(self, other: Untimed) -> None:
        """Add another's counts; the order of merging makes no difference."""
        self.unread += other.unread
        self.left_out += other.left_out
        self._keep(other.example)

    def _keep(self, text: str) -> None:
        self.example = min(filter(None, (self.example, text)), default="")

    @property
    def problem(self) -> str | None:
        """What that means for an answer; None if there are no such events."""
        such = f", such as {self.example!r}" if self.example else ""
        parts = []
        if self.left_out == 1:
            parts.append(f"of 1 event no time is known, so it was left out{such}")
        elif self.left_out:
            parts.append(f"of {self.left_out:,} events no time is known: they were left out{such}")
        if self.unread:
            parts.append(f"{self.unread:,} could not be read{such}")
        return "; ".join(parts) or None
