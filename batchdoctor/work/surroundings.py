"""What work touches of the outside: six doors, and whoever calls brings what is behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Surroundings(Protocol):
    """The outside of a piece of work: a terminal, a Python program or a test stands behind it."""

    def now(self) -> datetime:
        """The moment, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds go by."""

    def progress(self, text: str) -> None:
        """Say what is being done, for as long as it is."""

    def note(self, text: str) -> None:
        """Tell a line that is worth keeping and is no part of the answer."""

    def deliver(self) -> None:
        """Hand what was given so far to whoever reads the answer. Raises if that cannot be."""

    def stop_if_asked(self) -> None:
        """Raise KeyboardInterrupt if the user wants to stop."""
