"""The files that are not whole yet: none of them stays behind, however the program ends."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

# A thread that makes a file needs less; one that was stopped by a signal will never go on.
_PATIENCE = 0.2


class Halves:
    """Knows them by their paths, because the threads that write them do not outlive the program."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()
        self._lock = Lock()
        self._ended = False

    def new(self, make: Callable[[], tuple[int, str]]) -> tuple[int, Path]:
        """Take note of a file that `make` makes. Raises OSError, also once the program ends."""
        with self._lock:
            if self._ended:
                raise InterruptedError("the program is about to end")
            handle, name = make()
            self._paths.add(Path(name))
            return handle, Path(name)

    def finish(self, half: Path, target: Path) -> None:
        """Give one that became whole its name. Raises OSError."""
        half.replace(target)
        self._paths.discard(half)

    def drop(self, half: Path) -> None:
        """Take one away. Raises OSError."""
        half.unlink(missing_ok=True)
        self._paths.discard(half)

    def end(self) -> None:
        """Take all away, and let no further one be made."""
        locked = self._lock.acquire(timeout=_PATIENCE)
        self._ended = True
        for half in list(self._paths):
            with suppress(OSError):
                self.drop(half)
        if locked:
            self._lock.release()


HALVES = Halves()
atexit.register(HALVES.end)
