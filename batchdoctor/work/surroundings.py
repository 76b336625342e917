"""What work touches of the outside: seven doors, and what is behind them for a Python program."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from batchdoctor.core.advance import Advance


class Surroundings(Protocol):
    """The outside of a piece of work: a terminal, a Python program or a test stands behind it."""

    def now(self) -> datetime:
        """The moment, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds go by."""

    def progress(self, now: str | Advance) -> None:
        """Say what is being done, or how far that is, for as long as it is."""

    def watched(self) -> bool:
        """Whether somebody sees the progress, so that it is worth knowing how much there is."""

    def note(self, text: str) -> None:
        """Tell a line that is worth keeping and is no part of the answer."""

    def deliver(self) -> None:
        """Hand what was given so far to whoever reads the answer. Raises if that cannot be."""

    def stop_if_asked(self) -> None:
        """Raise KeyboardInterrupt if the user wants to stop."""


class Quiet:
    """The surroundings of a Python program: nothing is said on any stream, notes are kept."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.now = now
        self.sleep = sleep
        self.notes: list[str] = []

    def progress(self, now: str | Advance) -> None:
        """Nobody watches."""

    def watched(self) -> bool:
        """Nobody."""
        return False

    def note(self, text: str) -> None:
        """Keep the line for those who ask."""
        self.notes.append(text)

    def deliver(self) -> None:
        """Whatever is given is there at once."""

    def stop_if_asked(self) -> None:
        """Python raises KeyboardInterrupt by itself."""
